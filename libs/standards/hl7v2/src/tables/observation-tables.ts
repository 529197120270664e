import type { ObservationValue } from '../vxu.js';

/** LOINC codes of the observations that the registry knows. */
export const LOINC = {
  fundingEligibility: '64994-7',
  fundingSource: '30963-3',
  vaccineType: '30956-7',
  documentType: '69764-9',
  documentPublishedOn: '29768-9',
  documentPresentedOn: '29769-7',
  contraindication: '30945-0',
  contraindicationEffectiveOn: '30946-8',
  contraindicationExpiresOn: '30944-3',
  reaction: '31044-1',
  presumedImmunity: '59784-9',
  specialIndication: '59785-6',
  doseNumber: '30973-2',
  scheduleUsed: '59779-9',
  dueOn: '30980-7',
  earliestOn: '30981-5',
  latestOn: '59777-3',
  vaccineDueNext: '30979-9',
  annotation: '48767-8',
} as const;

/** What OBX-5 of a known observation is, whatever OBX-2 says. */
export const VALUE_KINDS: ReadonlyMap<string, ObservationValue['kind']> = new Map<
  string,
  ObservationValue['kind']
>([
  [LOINC.fundingEligibility, 'coded'],
  [LOINC.fundingSource, 'coded'],
  [LOINC.vaccineType, 'coded'],
  [LOINC.documentType, 'coded'],
  [LOINC.documentPublishedOn, 'date'],
  [LOINC.documentPresentedOn, 'date'],
  [LOINC.contraindication, 'coded'],
  [LOINC.contraindicationEffectiveOn, 'date'],
  [LOINC.contraindicationExpiresOn, 'date'],
  [LOINC.reaction, 'coded'],
  [LOINC.presumedImmunity, 'coded'],
  [LOINC.specialIndication, 'coded'],
  [LOINC.doseNumber, 'number'],
  [LOINC.scheduleUsed, 'coded'],
  [LOINC.dueOn, 'date'],
  [LOINC.earliestOn, 'date'],
  [LOINC.latestOn, 'date'],
  [LOINC.vaccineDueNext, 'coded'],
  [LOINC.annotation, 'text'],
]);

/** A table to which states may add codes of their own, of a form. */
export interface OpenTable {
  readonly codes: ReadonlySet<string>;
  readonly localForm: RegExp;
}

/** HL7 0064; states add codes such as `MNA01`. */
const FUNDING_ELIGIBILITY: OpenTable = {
  codes: new Set('V00 V01 V02 V03 V04 V05 V06 V07 V08 V22 V23 V24'.split(' ')),
  localForm: /^(?!VXC|PHC)[A-Z]{1,4}\d{2}$/,
};

/** The guide's value set of funding sources. */
const FUNDING_SOURCE: OpenTable = {
  codes: new Set('PHC68 PHC70 VXC1 VXC2 VXC3 VXC50 VXC51 VXC52 OTH UNK'.split(' ')),
  localForm: /^(?:PHC|VXC)\d{1,4}$/,
};

/** Of which table the value of an observation is. Reactions and the like are of several systems and not checked. */
export const VALUE_TABLES: ReadonlyMap<string, OpenTable> = new Map<string, OpenTable>([
  [LOINC.fundingEligibility, FUNDING_ELIGIBILITY],
  [LOINC.fundingSource, FUNDING_SOURCE],
]);
