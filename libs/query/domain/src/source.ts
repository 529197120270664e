/** What one linked submission says; the fold's input. Structurally the sealed content of a submission, without the raw message. */
export interface RecordSource {
  readonly submissionId: string;
  readonly organizationId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  /** Its place among all links: what came in one batch was received at one instant, but one after the other. */
  readonly arrival: number;
  /** `entry`: doses entered by hand. A roster is no source of a record. */
  readonly kind: 'vxu' | 'vital' | 'entry';
  readonly demographics: SourceDemographics;
  readonly doses: readonly SourceDose[];
  readonly indications: readonly SourceIndication[];
  /** Of kind `vital`. */
  readonly vital?: SourceVital;
}

/** What a vital record is, beside its demographics (DOMAIN 1.3). */
export interface SourceVital {
  readonly event: 'birth' | 'amendment' | 'replacement' | 'void' | 'death';
  /** Each has file numbers of its own. */
  readonly register: 'birth' | 'death';
  readonly fileNumber: string;
  /** When the office made this version of the record. ISO-8601 UTC. */
  readonly issuedAt: string;
  /** Of a replacement, the file number of the record that it seals, where that is another one. */
  readonly replaces?: string;
}

export interface SourceName {
  readonly family: string;
  readonly given: string;
  readonly middle?: string;
  readonly suffix?: string;
  readonly use?: string;
}

export interface SourceDemographics {
  readonly identifiers: readonly {
    readonly authority: string;
    readonly type: string;
    readonly value: string;
  }[];
  /** The first is the legal name where one is marked so. */
  readonly names: readonly SourceName[];
  readonly birthDate: string;
  readonly sex?: string;
  readonly addresses: readonly SourceAddress[];
  readonly phones: readonly string[];
  readonly guardians: readonly SourceGuardian[];
  readonly multipleBirth?: boolean;
  readonly birthOrder?: number;
  readonly deathDate?: string;
  readonly died?: boolean;
}

export interface SourceGuardian {
  readonly family: string;
  readonly given: string;
  readonly relationship?: string;
}

export interface SourceAddress {
  readonly street?: string;
  readonly other?: string;
  readonly city?: string;
  readonly state?: string;
  readonly zip?: string;
  readonly country?: string;
  readonly county?: string;
}

export interface SourceDose {
  readonly orderNumber?: { readonly authority: string; readonly value: string };
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly codes: readonly SourceCode[];
  /** RXA-9: 00 administered here, 01–08 historical. */
  readonly source?: string;
  readonly completion: 'CP' | 'PA' | 'RE' | 'NA';
  readonly action: 'A' | 'U' | 'D';
  readonly lot?: string;
  /** MVX. */
  readonly manufacturer?: string;
  readonly expiration?: string;
  readonly amount?: string;
  readonly unit?: string;
  readonly route?: string;
  readonly site?: string;
  /** With completion RE. */
  readonly refusalReason?: string;
  readonly facility?: string;
  readonly fundingEligibility?: string;
  readonly fundingSource?: string;
}

export interface SourceCode {
  readonly system: 'CVX' | 'NDC' | 'CPT';
  readonly value: string;
  readonly text?: string;
}

export interface SourceIndication {
  readonly kind: 'contraindication' | 'reaction';
  readonly code: string;
  readonly text?: string;
  readonly date?: string;
}
