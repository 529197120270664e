import type { Demographics } from '@registry/contracts';
import { ROSTER_SENDERS } from '@registry/ingestion-domain';
import { rowCheckOf, type RowProblem } from '../uploads/row-problem.js';
import { digitsOf, given, isCalendarDay, storableRow } from '../uploads/row-values.js';
import type { RowContext, RowReading, UploadKind } from '../uploads/upload-kind.js';
import { RosterRow } from './roster.schema.js';

const check = rowCheckOf(RosterRow);

/** Rosters as rows: evidence of whom an organization serves, never a record (DOMAIN 1.1, 2.3). */
export const rosterRows: UploadKind = {
  kind: 'roster',
  read(value: unknown, { category, today }: RowContext): RowReading {
    const malformed = storableRow(value) ? check(value) : [{ field: '', code: 'not-text' }];
    if (malformed.length > 0) return { problems: malformed };
    const row = value as RosterRow;
    const from = row.from ?? today;
    if (!ROSTER_SENDERS.categories.includes(category))
      return { problems: [{ field: '', code: 'no-rosters-of-this-category' }] };
    const problems = implausible(row, from, today);
    if (problems.length > 0) return { problems };
    const raw = JSON.stringify({ ...row, from });
    return {
      // What it says is its name: the same row sent again is the same evidence.
      name: raw,
      content: {
        contentVersion: 1,
        kind: 'roster',
        raw,
        demographics: demographicsOf(row),
        doses: [],
        indications: [],
        // How long it is evidence where the row does not say, and at most, is the directory's policy.
        roster: { from, ...given('through', row.through) },
      },
    };
  },
};

const implausible = (row: RosterRow, from: string, today: string): RowProblem[] => {
  const problems: RowProblem[] = [];
  const unless = (right: boolean, field: string, code: string) => {
    if (!right) problems.push({ field, code });
  };
  unless(isCalendarDay(row.birthDate), 'birthDate', 'not-a-date');
  unless(row.birthDate <= today, 'birthDate', 'in-the-future');
  unless(isCalendarDay(from), 'from', 'not-a-date');
  if (row.through === undefined) return problems;
  unless(isCalendarDay(row.through), 'through', 'not-a-date');
  unless(from <= row.through, 'through', 'before-from');
  unless(row.through >= today, 'through', 'over');
  return problems;
};

const demographicsOf = (row: RosterRow): Demographics => {
  const address = {
    ...given('street', row.street),
    ...given('city', row.city),
    ...given('state', row.state),
    ...given('zip', row.zip),
  };
  const phone = digitsOf(row.phone);
  return {
    identifiers: [],
    names: [{ family: row.family, given: row.given, ...given('middle', row.middle) }],
    birthDate: row.birthDate,
    ...given('sex', row.sex),
    ...(row.motherMaidenFamily === undefined
      ? {}
      : { mothersMaidenName: { family: row.motherMaidenFamily } }),
    addresses: Object.keys(address).length === 0 ? [] : [address],
    phones: phone === undefined ? [] : [phone],
    guardians:
      row.guardianFamily === undefined || row.guardianGiven === undefined
        ? []
        : [{ family: row.guardianFamily, given: row.guardianGiven }],
  };
};
