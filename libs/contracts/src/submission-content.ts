import { Type, type Static } from '@sinclair/typebox';

/**
 * The content of a submission, as sealed under the submission's own key. Never stored or sent in clear outside
 * the read models of linked submissions. Dates are `YYYY-MM-DD`.
 */

export const PersonIdentifier = Type.Object({
  /** Assigning authority: namespace id or OID as sent; MRNs mean something only with it. */
  authority: Type.String(),
  /** HL7 table 0203: MR, SS, MA, SR, BR … */
  type: Type.String(),
  value: Type.String(),
});
export type PersonIdentifier = Static<typeof PersonIdentifier>;

export const PersonName = Type.Object({
  family: Type.String(),
  given: Type.String(),
  middle: Type.Optional(Type.String()),
  suffix: Type.Optional(Type.String()),
  /** HL7 table 0200: L legal, A alias, M maiden … */
  use: Type.Optional(Type.String()),
});
export type PersonName = Static<typeof PersonName>;

export const Address = Type.Object({
  street: Type.Optional(Type.String()),
  other: Type.Optional(Type.String()),
  city: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  zip: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  /** FIPS code or name, as sent: residence in a community health board's jurisdiction. */
  county: Type.Optional(Type.String()),
});
export type Address = Static<typeof Address>;

export const Guardian = Type.Object({
  family: Type.String(),
  given: Type.String(),
  /** HL7 table 0063: MTH, FTH, GRD … */
  relationship: Type.Optional(Type.String()),
});
export type Guardian = Static<typeof Guardian>;

export const Demographics = Type.Object({
  identifiers: Type.Array(PersonIdentifier),
  /** At least one; the first is the legal name where one is marked so. */
  names: Type.Array(PersonName, { minItems: 1 }),
  birthDate: Type.String({ format: 'date' }),
  /** HL7 table 0001. */
  sex: Type.Optional(Type.String()),
  mothersMaidenName: Type.Optional(Type.Partial(Type.Pick(PersonName, ['family', 'given']))),
  addresses: Type.Array(Address),
  /** Digits only. */
  phones: Type.Array(Type.String()),
  multipleBirth: Type.Optional(Type.Boolean()),
  birthOrder: Type.Optional(Type.Number()),
  guardians: Type.Array(Guardian),
  deathDate: Type.Optional(Type.String({ format: 'date' })),
  /** PID-30, or a death record. */
  died: Type.Optional(Type.Boolean()),
});
export type Demographics = Static<typeof Demographics>;

export const VaccineCode = Type.Object({
  system: Type.Union([Type.Literal('CVX'), Type.Literal('NDC'), Type.Literal('CPT')]),
  value: Type.String(),
  text: Type.Optional(Type.String()),
});
export type VaccineCode = Static<typeof VaccineCode>;

export const SubmittedDose = Type.Object({
  /** ORC-3 with its authority: updates and deletes find their dose by it. */
  orderNumber: Type.Optional(Type.Object({ authority: Type.String(), value: Type.String() })),
  date: Type.String({ format: 'date' }),
  codes: Type.Array(VaccineCode, { minItems: 1 }),
  /** RXA-9: 00 administered here, 01–08 historical. */
  source: Type.Optional(Type.String()),
  /** RXA-20. */
  completion: Type.Union([Type.Literal('CP'), Type.Literal('PA'), Type.Literal('RE'), Type.Literal('NA')]),
  /** RXA-21. */
  action: Type.Union([Type.Literal('A'), Type.Literal('U'), Type.Literal('D')]),
  lot: Type.Optional(Type.String()),
  /** MVX. */
  manufacturer: Type.Optional(Type.String()),
  expiration: Type.Optional(Type.String()),
  amount: Type.Optional(Type.String()),
  unit: Type.Optional(Type.String()),
  /** RXR-1 and RXR-2. */
  route: Type.Optional(Type.String()),
  site: Type.Optional(Type.String()),
  /** RXA-18, with completion RE. */
  refusalReason: Type.Optional(Type.String()),
  /** RXA-11.4. */
  facility: Type.Optional(Type.String()),
  /** OBX 64994-7, HL7 table 0064: what funding programme the person was eligible for. */
  fundingEligibility: Type.Optional(Type.String()),
  /** OBX 30963-3: what the dose was bought with. */
  fundingSource: Type.Optional(Type.String()),
});
export type SubmittedDose = Static<typeof SubmittedDose>;

/** A contraindication or reaction as the statute lets it be exchanged (DOMAIN 1.4). */
export const SubmittedIndication = Type.Object({
  kind: Type.Union([Type.Literal('contraindication'), Type.Literal('reaction')]),
  code: Type.String(),
  text: Type.Optional(Type.String()),
  date: Type.Optional(Type.String()),
});
export type SubmittedIndication = Static<typeof SubmittedIndication>;

/** PD1 as sent. Stored; what it does to a setting is the privacy context's business (DOMAIN 3.6). */
export const RegistryStatus = Type.Object({
  /** PD1-11, HL7 table 0215. */
  publicityCode: Type.Optional(Type.String()),
  /** PD1-18. */
  publicityCodeSince: Type.Optional(Type.String({ format: 'date' })),
  /** PD1-12: its meaning differs between senders. */
  protectionIndicator: Type.Optional(Type.String()),
  /** PD1-13. */
  protectionIndicatorSince: Type.Optional(Type.String({ format: 'date' })),
  /** PD1-16, HL7 table 0441. */
  registryStatus: Type.Optional(Type.String()),
  /** PD1-17. */
  registryStatusSince: Type.Optional(Type.String({ format: 'date' })),
});
export type RegistryStatus = Static<typeof RegistryStatus>;

export const VITAL_EVENTS = ['birth', 'amendment', 'replacement', 'void', 'death'] as const;
export type VitalEvent = (typeof VITAL_EVENTS)[number];

/** What a vital record is, beside its demographics (DOMAIN 1.3). */
export const VitalRecord = Type.Object({
  event: Type.Unsafe<VitalEvent>(Type.Union(VITAL_EVENTS.map((event) => Type.Literal(event)))),
  /** Of each version of a death record. Absent of a birth record, and of deaths kept before there were voids of them. */
  register: Type.Optional(Type.Literal('death')),
  /** State file number of the birth record, or of the death record. Also among the identifiers, type `BR`, of a birth. */
  fileNumber: Type.String(),
  /** When the office made this version of the record: later versions of one file number supersede earlier ones. */
  issuedAt: Type.String({ format: 'date-time' }),
  /** Of a replacement, the file number of the record it seals where that is another one. */
  replaces: Type.Optional(Type.String()),
  /** Of a death, the file number of the birth record where the office knows it. */
  birthFileNumber: Type.Optional(Type.String()),
  /** The Parent Notice that came with the official birth record (DOMAIN 4.5). */
  notice: Type.Optional(
    Type.Object({
      /** A county's FIPS code, or `state` for home births. */
      issuer: Type.String(),
      formVersion: Type.String(),
    }),
  ),
});
export type VitalRecord = Static<typeof VitalRecord>;

export type VitalRegister = 'birth' | 'death';

/** The register that the record is of: each has file numbers of its own. */
export const registerOf = ({ event, register }: Pick<VitalRecord, 'event' | 'register'>): VitalRegister =>
  register === 'death' || event === 'death' ? 'death' : 'birth';

/** A row of an enrolment, coverage or client roster: evidence of a service relationship, never a record. */
export const RosterEntry = Type.Object({
  /** Legal days, both included. Where the roster does not say the last one, the directory's policy does. */
  from: Type.String({ format: 'date' }),
  through: Type.Optional(Type.String({ format: 'date' })),
});
export type RosterEntry = Static<typeof RosterEntry>;

export const SUBMISSION_KINDS = ['vxu', 'vital', 'entry', 'roster'] as const;
/** `entry`: doses entered by hand. The kind is in clear, so what a vital record is (an adoption, a death) is not in it. */
export const SubmissionKind = Type.Unsafe<(typeof SUBMISSION_KINDS)[number]>(
  Type.Union(SUBMISSION_KINDS.map((kind) => Type.Literal(kind))),
);
export type SubmissionKind = Static<typeof SubmissionKind>;

export const SubmissionContent = Type.Object({
  contentVersion: Type.Literal(1),
  kind: SubmissionKind,
  /** The message, row or body as received. */
  raw: Type.String(),
  demographics: Demographics,
  doses: Type.Array(SubmittedDose),
  indications: Type.Array(SubmittedIndication),
  registryStatus: Type.Optional(RegistryStatus),
  /** Of kind `vital`. */
  vital: Type.Optional(VitalRecord),
  /** Of kind `roster`. */
  roster: Type.Optional(RosterEntry),
});
export type SubmissionContent = Static<typeof SubmissionContent>;

/** What a Privacy Setting Change Request says about its one person, sealed under the request's own key. */
export const RequestForm = Type.Object({
  formVersion: Type.Literal(1),
  /** Of a child not born yet: the mother's last name, no first name, and the expected date as birth date. */
  demographics: Demographics,
  requesterName: Type.Optional(Type.String()),
  /** There is no birth record to find yet. */
  unborn: Type.Optional(
    Type.Object({
      /** `YYYY-MM-DD`. */
      expectedDate: Type.String({ format: 'date' }),
      mother: Type.Object({ family: Type.String(), given: Type.String() }),
      birthFacility: Type.Optional(Type.String()),
    }),
  ),
});
export type RequestForm = Static<typeof RequestForm>;
