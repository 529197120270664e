import type {
  Demographics,
  SubmissionContent,
  VitalEvent,
  VitalRecord,
  VitalRegister,
} from '@registry/contracts';
import type { RowContext, RowReading, UploadKind } from '../uploads/upload-kind.js';
import { rowCheckOf, type RowProblem } from '../uploads/row-problem.js';
import { digitsOf, given, isCalendarDay, isTrue, storableRow } from '../uploads/row-values.js';
import { VitalRecordRow } from './vital-record.schema.js';

const check = rowCheckOf(VitalRecordRow);

const EVENTS: Readonly<Record<VitalRegister, readonly VitalEvent[]>> = {
  birth: ['birth', 'amendment', 'replacement', 'void'],
  death: ['death', 'void'],
};

/** Vital records as rows (DOMAIN 1.3). @param register whose rows these are */
const vitalRecordRows = (register: VitalRegister): UploadKind => ({
  kind: 'vital-records',
  read(value: unknown, context: RowContext): RowReading {
    const malformed = storableRow(value) ? check(value) : [{ field: '', code: 'not-text' }];
    if (malformed.length > 0) return { problems: malformed };
    const row = value as VitalRecordRow;
    if (!EVENTS[register].includes(row.event))
      return { problems: [{ field: 'event', code: 'not-of-this-register' }] };
    if ((row.register ?? register) !== register)
      return { problems: [{ field: 'register', code: 'not-of-this-register' }] };
    const problems = implausible(row, register, context.today);
    if (problems.length > 0) return { problems };
    return {
      // A version has one name; another content under it is another version.
      name: [register, row.fileNumber, row.issuedAt].join('|'),
      content: contentOf(row, register, context.caller.organizationId),
    };
  },
});

export const BIRTHS = vitalRecordRows('birth');
export const DEATHS = vitalRecordRows('death');

const implausible = (row: VitalRecordRow, register: VitalRegister, today: string): RowProblem[] => {
  const { event, birthDate, deathDate, issuedAt } = row;
  const problems: RowProblem[] = [];
  const unless = (right: boolean, field: string, code: string) => {
    if (!right) problems.push({ field, code });
  };
  unless(isCalendarDay(birthDate), 'birthDate', 'not-a-date');
  unless(birthDate <= today, 'birthDate', 'in-the-future');
  unless(!Number.isNaN(Date.parse(issuedAt)), 'issuedAt', 'not-an-instant');
  if (register === 'death') {
    unless(deathDate !== undefined || event === 'void', 'deathDate', 'missing');
    unless(deathDate === undefined || isCalendarDay(deathDate), 'deathDate', 'not-a-date');
    unless(deathDate === undefined || deathDate <= today, 'deathDate', 'in-the-future');
    unless(deathDate === undefined || deathDate >= birthDate, 'deathDate', 'before-birth');
  } else {
    unless(deathDate === undefined, 'deathDate', 'only-of-a-death');
    unless(row.birthFileNumber === undefined, 'birthFileNumber', 'only-of-a-death');
  }
  unless(row.replaces === undefined || event === 'replacement', 'replaces', 'only-of-a-replacement');
  unless(
    (row.noticeIssuer === undefined) === (row.noticeFormVersion === undefined),
    'noticeFormVersion',
    'only-with-issuer',
  );
  unless(
    (row.facilityMrn === undefined) === (row.facilityAuthority === undefined),
    'facilityAuthority',
    'only-with-mrn',
  );
  return problems;
};

const contentOf = (
  row: VitalRecordRow,
  register: VitalRegister,
  organizationId: string,
): SubmissionContent => ({
  contentVersion: 1,
  kind: 'vital',
  raw: JSON.stringify(row),
  demographics: demographicsOf(row, register, organizationId),
  doses: [],
  indications: [],
  vital: vitalOf(row, register),
});

const vitalOf = (row: VitalRecordRow, register: VitalRegister): VitalRecord => ({
  event: row.event,
  ...(register === 'death' ? { register } : {}),
  fileNumber: row.fileNumber,
  // In one form, so that versions compare as text.
  issuedAt: new Date(row.issuedAt).toISOString(),
  ...given('replaces', row.replaces),
  ...given('birthFileNumber', row.birthFileNumber),
  ...(row.noticeIssuer === undefined || row.noticeFormVersion === undefined
    ? {}
    : { notice: { issuer: row.noticeIssuer, formVersion: row.noticeFormVersion } }),
});

const demographicsOf = (
  row: VitalRecordRow,
  register: VitalRegister,
  organizationId: string,
): Demographics => {
  const address = {
    ...given('street', row.street),
    ...given('city', row.city),
    ...given('state', row.state),
    ...given('zip', row.zip),
    ...given('county', row.county),
  };
  const phone = digitsOf(row.phone);
  return {
    identifiers: [
      ...(register === 'death' ? [] : [{ authority: organizationId, type: 'BR', value: row.fileNumber }]),
      ...(row.facilityMrn === undefined || row.facilityAuthority === undefined
        ? []
        : [{ authority: row.facilityAuthority, type: 'MR', value: row.facilityMrn }]),
    ],
    names: [
      {
        family: row.family,
        given: row.given,
        ...given('middle', row.middle),
        ...given('suffix', row.suffix),
        use: 'L',
      },
    ],
    birthDate: row.birthDate,
    ...given('sex', row.sex),
    ...(row.motherMaidenFamily === undefined
      ? {}
      : { mothersMaidenName: { family: row.motherMaidenFamily, ...given('given', row.motherGiven) } }),
    addresses: Object.keys(address).length === 0 ? [] : [address],
    phones: phone === undefined ? [] : [phone],
    ...given('multipleBirth', row.multipleBirth === undefined ? undefined : isTrue(row.multipleBirth)),
    ...given('birthOrder', row.birthOrder === undefined ? undefined : Number(row.birthOrder)),
    guardians: [
      ...(row.motherFamily === undefined || row.motherGiven === undefined
        ? []
        : [{ family: row.motherFamily, given: row.motherGiven, relationship: 'MTH' }]),
      ...(row.parentFamily === undefined || row.parentGiven === undefined
        ? []
        : [{ family: row.parentFamily, given: row.parentGiven, relationship: 'PAR' }]),
    ],
    // A void repeats the date of what it withdraws, at most.
    ...(row.event === 'death' ? { ...given('deathDate', row.deathDate), died: true } : {}),
  };
};
