import { SubmissionContent, validatorOf } from '@registry/contracts';
import type { RowContext } from '../uploads/upload-kind.js';
import { rosterRows } from './roster-rows.js';

const contextOf = (category: string): RowContext =>
  ({ caller: {}, category, today: '2026-11-24' }) as RowContext;
const row = { family: 'Olson', given: 'Nora', birthDate: '2018-03-05', motherMaidenFamily: 'Lind' };

const read = (value: unknown, category = 'school') => rosterRows.read(value, contextOf(category));

describe('A roster row', () => {
  it.each([
    ['school', '2027-08-31'],
    ['child-care', '2027-08-31'],
    ['postsecondary', '2027-08-31'],
    ['group-purchaser', '2027-11-24'],
    ['community-action-agency', '2027-11-24'],
    ['provider', '2028-11-24'],
  ])('of a %s that does not say counts to %s', (category, through) => {
    const reading = read(row, category);
    if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
    expect(validatorOf('SubmissionContent', SubmissionContent)(reading.content)).toMatchObject({
      kind: 'roster',
      doses: [],
      roster: { from: '2026-11-24', through },
    });
  });

  it('has its term for a part of its name: next year it is new evidence', () => {
    const [one, other] = [read(row), read({ ...row, through: '2027-01-31' })];
    if ('problems' in one || 'problems' in other) throw new Error('Not taken');
    expect(one.name).not.toBe(other.name);
  });

  it.each([
    [{ ...row, family: undefined }, 'school', [{ field: 'family', code: 'missing' }]],
    [{ ...row, birthDate: '2018-02-29' }, 'school', [{ field: 'birthDate', code: 'not-a-date' }]],
    [
      { ...row, through: '2026-11-23' },
      'school',
      [
        { field: 'through', code: 'before-from' },
        { field: 'through', code: 'over' },
      ],
    ],
    [{ ...row, through: '2036-01-01' }, 'school', [{ field: 'through', code: 'too-late' }]],
    [
      { ...row, from: '2026-12-01', through: '2026-11-30' },
      'school',
      [{ field: 'through', code: 'before-from' }],
    ],
    [row, 'commissioner', [{ field: '', code: 'no-rosters-of-this-category' }]],
  ])('names what is wrong: %#', (value, category, problems) => {
    expect(read(value, category)).toEqual({ problems });
  });
});
