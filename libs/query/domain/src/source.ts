/** What one linked submission says; the fold's input. Structurally the sealed content of a submission, without the raw message. */
export interface RecordSource {
  readonly submissionId: string;
  readonly organizationId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  readonly demographics: SourceDemographics;
  readonly doses: readonly SourceDose[];
  readonly indications: readonly SourceIndication[];
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
  readonly names: readonly SourceName[];
  readonly birthDate: string;
  readonly sex?: string;
  readonly addresses: readonly SourceAddress[];
  readonly guardians: readonly {
    readonly family: string;
    readonly given: string;
    readonly relationship?: string;
  }[];
}

export interface SourceAddress {
  readonly street?: string;
  readonly other?: string;
  readonly city?: string;
  readonly state?: string;
  readonly zip?: string;
  readonly country?: string;
}

export interface SourceDose {
  readonly orderNumber?: { readonly authority: string; readonly value: string };
  readonly date: string;
  readonly codes: readonly SourceCode[];
  readonly source?: string;
  readonly completion: 'CP' | 'PA' | 'RE' | 'NA';
  readonly action: 'A' | 'U' | 'D';
  readonly lot?: string;
  readonly manufacturer?: string;
  readonly expiration?: string;
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
