import type { Demographics } from '@registry/contracts';
import { lastDayOfService, latestDayOfService } from '@registry/ingestion-domain';
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
    const through = row.through ?? lastDayOfService(category, today);
    if (through === undefined) return { problems: [{ field: '', code: 'no-rosters-of-this-category' }] };
    const problems = implausible(row, from, through, today);
    if (problems.length > 0) return { problems };
    const raw = JSON.stringify({ ...row, from, through });
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
        roster: { from, through },
      },
    };
  },
};

const implausible = (row: RosterRow, from: string, through: string, today: string): RowProblem[] => {
  const problems: RowProblem[] = [];
  const unless = (right: boolean, field: string, code: string) => {
    if (!right) problems.push({ field, code });
  };
  unless(isCalendarDay(row.birthDate), 'birthDate', 'not-a-date');
  unless(row.birthDate <= today, 'birthDate', 'in-the-future');
  unless(isCalendarDay(from), 'from', 'not-a-date');
  unless(isCalendarDay(through), 'through', 'not-a-date');
  unless(from <= through, 'through', 'before-from');
  unless(through >= today, 'through', 'over');
  unless(through <= latestDayOfService(today), 'through', 'too-late');
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
