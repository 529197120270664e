import type { IsoDate } from './hl7-date.js';

/** A coded value as sent: CE, CWE, IS or ID. Where the guide has a closed table, the code is in it. */
export interface Coded {
  readonly code: string;
  readonly text?: string | undefined;
  /** Name of the coding system as sent, such as `CVX` or `HL70063`. */
  readonly system?: string | undefined;
}

/** Who gives out an identifier or a number (HD): a namespace, a universal id (an OID when its type is `ISO`), or both. */
export interface Authority {
  readonly namespace?: string | undefined;
  readonly universalId?: string | undefined;
  readonly universalIdType?: string | undefined;
}

/** CX. Without an authority it is the sending facility's. */
export interface Identifier {
  readonly value: string;
  readonly authority?: Authority | undefined;
  /** HL7 table 0203, such as `MR` or `SS`. */
  readonly type?: string | undefined;
}

/** EI. */
export interface OrderNumber {
  readonly value: string;
  readonly authority?: Authority | undefined;
}

/** XPN, and the name in XCN. */
export interface PersonName {
  readonly family?: string | undefined;
  readonly given?: string | undefined;
  readonly middle?: string | undefined;
  readonly suffix?: string | undefined;
  readonly prefix?: string | undefined;
  /** HL7 table 0200: `L` legal, `A` alias, `M` maiden and so on. */
  readonly type?: string | undefined;
}

/** XAD. */
export interface Address {
  readonly street?: string | undefined;
  readonly otherDesignation?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly country?: string | undefined;
  /** HL7 table 0190. */
  readonly type?: string | undefined;
  readonly county?: string | undefined;
}

/** XTN: a telephone number or an e-mail address. */
export interface Telecom {
  /** HL7 table 0201, such as `PRN`. */
  readonly use?: string | undefined;
  /** HL7 table 0202, such as `PH` or `Internet`. */
  readonly equipment?: string | undefined;
  readonly email?: string | undefined;
  readonly countryCode?: string | undefined;
  readonly areaCode?: string | undefined;
  readonly localNumber?: string | undefined;
  readonly extension?: string | undefined;
  /** XTN-1, the number as one text: how versions before 2.5 send it. */
  readonly unformatted?: string | undefined;
}

/** MSH. */
export interface VxuHeader {
  readonly sendingApplication?: Authority | undefined;
  readonly sendingFacility?: Authority | undefined;
  readonly receivingApplication?: Authority | undefined;
  readonly receivingFacility?: Authority | undefined;
  /** MSH-7 as sent, when it is a timestamp. */
  readonly sentAt?: string | undefined;
  readonly controlId: string;
  readonly processingId: string;
  readonly version: string;
  /** MSH-21.1, such as `Z22`. */
  readonly profiles: readonly string[];
  /** MSH-22.1 and .10 of the organization responsible for the content. */
  readonly responsibleOrganization?: Identifier | undefined;
}

/** PID, with PD1. */
export interface VxuPatient {
  /** At least one. */
  readonly identifiers: readonly Identifier[];
  /** At least one; each with family and given name. The first is the legal one unless its type says otherwise. */
  readonly names: readonly PersonName[];
  readonly mothersMaidenNames: readonly PersonName[];
  readonly birthDate: IsoDate;
  /** HL7 table 0001. */
  readonly sex?: string | undefined;
  readonly races: readonly Coded[];
  readonly ethnicities: readonly Coded[];
  readonly addresses: readonly Address[];
  /** Home (PID-13), then business (PID-14). */
  readonly telecoms: readonly Telecom[];
  readonly primaryLanguage?: Coded | undefined;
  readonly multipleBirth?: boolean | undefined;
  /** 1 for the first born of a multiple birth. */
  readonly birthOrder?: number | undefined;
  readonly deathDate?: IsoDate | undefined;
  readonly died?: boolean | undefined;
  readonly registry: VxuRegistryStatus;
}

/** PD1: raw codes; what they mean for the person's setting is the privacy domain's business. */
export interface VxuRegistryStatus {
  /** PD1-11, HL7 table 0215. */
  readonly publicityCode?: string | undefined;
  /** PD1-12, `Y` or `N`: its meaning differs between senders. */
  readonly protectionIndicator?: string | undefined;
  /** PD1-13. */
  readonly protectionIndicatorSince?: IsoDate | undefined;
  /** PD1-16, HL7 table 0441. */
  readonly registryStatus?: string | undefined;
  /** PD1-17. */
  readonly registryStatusSince?: IsoDate | undefined;
  /** PD1-18. */
  readonly publicityCodeSince?: IsoDate | undefined;
}

/** NK1. */
export interface VxuNextOfKin {
  readonly name: PersonName;
  /** HL7 table 0063. */
  readonly relationship: Coded;
  readonly addresses: readonly Address[];
  readonly telecoms: readonly Telecom[];
}

/** RXA-5. */
export interface VaccineCode {
  readonly system: 'CVX' | 'NDC' | 'CPT';
  readonly code: string;
  readonly text?: string | undefined;
}

export type CompletionStatus = 'CP' | 'PA' | 'RE' | 'NA';
export type ActionCode = 'A' | 'D' | 'U';

/** XCN. */
export interface Provider {
  readonly id?: string | undefined;
  readonly authority?: Authority | undefined;
  readonly name?: PersonName | undefined;
}

/** RXA-11. */
export interface AdministeredAt {
  readonly pointOfCare?: string | undefined;
  readonly facility?: Authority | undefined;
}

/** RXR. */
export interface AdministrationRoute {
  /** The first code and its alternate, such as NCIT and HL70162. */
  readonly route: readonly Coded[];
  readonly site: readonly Coded[];
}

export type ObservationValue =
  | { readonly kind: 'coded'; readonly codes: readonly Coded[] }
  | { readonly kind: 'date'; readonly date: IsoDate }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'text'; readonly text: string };

/** OBX. */
export interface VxuObservation {
  readonly code: Coded;
  /** OBX-4: observations of one sub-id belong together, such as a document type and its dates. */
  readonly subId?: string | undefined;
  readonly value: ObservationValue;
  readonly unit?: Coded | undefined;
  /** OBX-14. */
  readonly observedOn?: IsoDate | undefined;
}

/** One ORDER group: what was given, refused, or known not to be given. */
export interface VxuOrder {
  /** Which RXA of the message it is, from 1: its place in ERR-2. */
  readonly sequence: number;
  /** ORC-2. */
  readonly placerOrderNumber?: OrderNumber | undefined;
  /** ORC-3. Always there from version 2.5 on. */
  readonly fillerOrderNumber?: OrderNumber | undefined;
  /** ORC-12. */
  readonly orderedBy?: Provider | undefined;
  /** RXA-3. */
  readonly administeredOn: IsoDate;
  /** RXA-5: one or two, as sent; known, when the message was read with `CodeTables`. */
  readonly vaccineCodes: readonly VaccineCode[];
  /** RXA-6; `undefined` when unknown (999). */
  readonly amount?: number | undefined;
  /** RXA-7. */
  readonly unit?: Coded | undefined;
  /** RXA-9, table NIP001: `00` administered by the sender, `01` to `08` historical. */
  readonly source?: Coded | undefined;
  /** RXA-10. */
  readonly administeredBy?: Provider | undefined;
  /** RXA-11. */
  readonly administeredAt?: AdministeredAt | undefined;
  /** RXA-15, without white space around; at most 20 characters each. */
  readonly lotNumbers: readonly string[];
  /** RXA-16; of a month, its last day. */
  readonly lotExpiresOn?: IsoDate | undefined;
  /** RXA-17. */
  readonly manufacturer?: Coded | undefined;
  /** RXA-18. */
  readonly refusalReasons: readonly Coded[];
  /** RXA-20; when blank `NA` for CVX 998, `RE` with a refusal reason, else `CP`. */
  readonly completion: CompletionStatus;
  /** RXA-21; when blank `A`. */
  readonly action: ActionCode;
  readonly route?: AdministrationRoute | undefined;
  readonly observations: readonly VxuObservation[];
}

/** What one VXU^V04 says. Frozen, all the way down. */
export interface Vxu {
  readonly header: VxuHeader;
  readonly patient: VxuPatient;
  readonly nextOfKin: readonly VxuNextOfKin[];
  readonly orders: readonly VxuOrder[];
}
