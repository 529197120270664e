import { PrivacyError } from '@registry/privacy-domain';
import type { OwnRecord } from '@registry/privacy-gate';
import { cvxOf, vaccineName } from '@registry/vaccine-codes';

export const PRINT_FORMS = ['school', 'child-care', 'athletics', 'camp', 'military', 'employment'] as const;
export type PrintFormName = (typeof PRINT_FORMS)[number];

/** What a form of the official record shows beside name, birth date, vaccine and date: nothing that whom it is for does not need. Policy data. */
export interface PrintForm {
  readonly title: string;
  readonly lots: boolean;
  readonly guardians: boolean;
  readonly indications: boolean;
}

export const PRINT_POLICY = { version: 'print-1', effective: '2026-01-01' } as const;

export const PRINT_FORM: Readonly<Record<PrintFormName, PrintForm>> = {
  school: { title: 'for school', lots: false, guardians: true, indications: true },
  'child-care': { title: 'for child care', lots: false, guardians: true, indications: true },
  athletics: { title: 'for athletics', lots: false, guardians: false, indications: false },
  camp: { title: 'for camp', lots: false, guardians: true, indications: true },
  military: { title: 'for military service', lots: true, guardians: false, indications: true },
  employment: { title: 'for employment', lots: true, guardians: false, indications: false },
};

/** What is printed. `record` is undefined where nothing is kept; `printedOn` a legal day. */
export interface PrintedRecord {
  readonly record: OwnRecord | undefined;
  readonly form: PrintFormName;
  readonly printedOn: string;
}

/** @throws PrivacyError `PRIVACY.FORM_UNKNOWN` */
export const printFormOf = (form: string | undefined = 'school'): PrintFormName => {
  const named = PRINT_FORMS.find((each) => each === form);
  if (named === undefined) throw new PrivacyError('PRIVACY.FORM_UNKNOWN');
  return named;
};

export const ISSUER = 'Minnesota Immunization Information Connection';

export const STATEMENT =
  'This is the person’s official immunization record as kept by the registry on the day of printing. It was given to the person, or to who may speak for the person.';

/** The lines of a record, in one place for every format. */
export interface PrintedLines {
  readonly heading: string;
  readonly person: readonly (readonly [label: string, value: string])[];
  readonly columns: readonly string[];
  /** By vaccine, then by date. */
  readonly doses: readonly (readonly string[])[];
  readonly indications: readonly string[];
}

export const linesOf = ({ record, form }: PrintedRecord): PrintedLines => {
  const { title, lots, guardians, indications } = PRINT_FORM[form];
  const heading = `Immunization record ${title}`;
  const columns = ['Vaccine', 'Date given', ...(lots ? ['Lot', 'Manufacturer'] : [])];
  if (record === undefined) return { heading, person: [], columns, doses: [], indications: [] };
  const { name, birthDate } = record;
  const fullName = [name.given, name.middle, name.family, name.suffix].filter(Boolean).join(' ');
  const parents = record.guardians.map(({ given, family }) => `${given} ${family}`).join(', ');
  return {
    heading,
    person: [
      ['Name', fullName],
      ['Date of birth', birthDate],
      ...(guardians && parents !== '' ? [['Parent or guardian', parents] as const] : []),
    ],
    columns,
    doses: record.doses
      .map(({ codes, date, lot, manufacturer }) => [
        vaccineOf(codes),
        date,
        ...(lots ? [lot ?? '', manufacturer ?? ''] : []),
      ])
      .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1])),
    indications: indications
      ? record.indications.map(
          ({ kind, code, text, date }) =>
            `${kind === 'reaction' ? 'Reaction' : 'Contraindication'}: ${text ?? code}${date === undefined ? '' : ` (${date})`}`,
        )
      : [],
  };
};

/** By CDC's name of the vaccine, so that one vaccine has one name however its senders called it. */
const vaccineOf = (codes: OwnRecord['doses'][number]['codes']): string => {
  for (const { system, value } of codes) {
    const cvx = cvxOf(system, value);
    const name = cvx === undefined ? undefined : vaccineName(cvx);
    if (name !== undefined) return name;
  }
  const text = codes.find((code) => code.text !== undefined)?.text;
  return text ?? codes.map(({ system, value }) => `${system} ${value}`).join(', ');
};

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
