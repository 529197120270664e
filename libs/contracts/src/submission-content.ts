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

export const SubmissionContent = Type.Object({
  contentVersion: Type.Literal(1),
  kind: Type.Literal('vxu'),
  /** The message as received. */
  raw: Type.String(),
  demographics: Demographics,
  doses: Type.Array(SubmittedDose),
  indications: Type.Array(SubmittedIndication),
});
export type SubmissionContent = Static<typeof SubmissionContent>;

/** What a Privacy Setting Change Request says about its one person, sealed under the request's own key. */
export const RequestForm = Type.Object({
  formVersion: Type.Literal(1),
  demographics: Demographics,
  requesterName: Type.Optional(Type.String()),
});
export type RequestForm = Static<typeof RequestForm>;
