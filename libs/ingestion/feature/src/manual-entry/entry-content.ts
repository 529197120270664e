import type { Demographics, SubmissionContent, SubmittedDose } from '@registry/contracts';
import { manufacturerStatus, vaccineStatus } from '@registry/vaccine-codes';
import { digitsOf, given, isCalendarDay } from '../uploads/row-values.js';
import type { EnterImmunizationsDto } from './immunization.dto.js';

export const entryContent = (body: EnterImmunizationsDto, organizationId: string): SubmissionContent => ({
  contentVersion: 1,
  kind: 'entry',
  raw: JSON.stringify(body),
  demographics: demographicsOf(body.patient, organizationId),
  doses: body.doses.map((dose) => doseOf(dose, organizationId)),
  indications: [],
});

const demographicsOf = (patient: EnterImmunizationsDto['patient'], organizationId: string): Demographics => {
  const { family, given: first, middle, suffix, birthDate, sex, mrn, address, guardians = [] } = patient;
  const phone = digitsOf(patient.phone);
  return {
    identifiers: mrn === undefined ? [] : [{ authority: organizationId, type: 'MR', value: mrn }],
    names: [{ family, given: first, ...given('middle', middle), ...given('suffix', suffix), use: 'L' }],
    birthDate,
    ...given('sex', sex),
    ...(patient.motherMaidenFamily === undefined
      ? {}
      : { mothersMaidenName: { family: patient.motherMaidenFamily } }),
    addresses: address === undefined ? [] : [{ ...address }],
    phones: phone === undefined ? [] : [phone],
    ...given('multipleBirth', patient.multipleBirth),
    guardians: guardians.map((guardian) => ({ ...guardian })),
  };
};

const ACTIONS = { add: 'A', update: 'U', delete: 'D' } as const;

const doseOf = (dose: EnterImmunizationsDto['doses'][number], organizationId: string): SubmittedDose => ({
  ...(dose.number === undefined ? {} : { orderNumber: { authority: organizationId, value: dose.number } }),
  date: dose.date,
  codes: [{ system: 'CVX', value: dose.cvx }],
  // NIP001: 00 administered here, 01 historical, source unspecified.
  source: dose.source === 'administered' ? '00' : '01',
  completion: dose.partial === true ? 'PA' : 'CP',
  action: ACTIONS[dose.action ?? 'add'],
  ...given('lot', dose.lot),
  ...given('manufacturer', dose.manufacturer),
  ...given('expiration', dose.expiration),
});

/** What no rule of form finds: codes that no table has, days that cannot be. Places and codes, no values. */
export const implausibleIn = (
  { patient, doses }: EnterImmunizationsDto,
  today: string,
): { readonly path: string; readonly message: string }[] => {
  const errors: { path: string; message: string }[] = [];
  const unless = (right: boolean, path: string, message: string) => {
    if (!right) errors.push({ path, message });
  };
  unless(isCalendarDay(patient.birthDate), '/patient/birthDate', 'isDate');
  unless(patient.birthDate <= today, '/patient/birthDate', 'inTheFuture');
  for (const [index, dose] of doses.entries()) {
    const path = `/doses/${index}`;
    unless(isCalendarDay(dose.date), `${path}/date`, 'isDate');
    unless(dose.date <= today, `${path}/date`, 'inTheFuture');
    unless(dose.date >= patient.birthDate, `${path}/date`, 'beforeBirth');
    unless(dose.expiration === undefined || isCalendarDay(dose.expiration), `${path}/expiration`, 'isDate');
    unless(vaccineStatus('CVX', dose.cvx) !== 'unknown', `${path}/cvx`, 'unknownCode');
    unless(
      dose.manufacturer === undefined || manufacturerStatus(dose.manufacturer) !== 'unknown',
      `${path}/manufacturer`,
      'unknownCode',
    );
    unless(
      dose.number !== undefined || dose.action === undefined || dose.action === 'add',
      `${path}/number`,
      'neededToUpdate',
    );
  }
  return errors;
};
