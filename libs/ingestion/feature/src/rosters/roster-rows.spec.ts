import { SubmissionContent, validatorOf } from '@registry/contracts';
import type { RowContext } from '../uploads/upload-kind.js';
import { rosterRows } from './roster-rows.js';

const contextOf = (category: string): RowContext =>
  ({ caller: {}, category, today: '2026-11-24' }) as RowContext;
const row = { family: 'Olson', given: 'Nora', birthDate: '2018-03-05', motherMaidenFamily: 'Lind' };

const read = (value: unknown, category = 'school') => rosterRows.read(value, contextOf(category));

describe('A roster row', () => {
  it.each([
    'school',
    'child-care',
    'postsecondary',
    'group-purchaser',
    'community-action-agency',
    'provider',
  ])('of a %s is kept with the term that it says, and with no last day of its own', (category) => {
    const contents = [row, { ...row, from: '2026-09-01', through: '2040-01-01' }].map((value) => {
      const reading = read(value, category);
      if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
      return validatorOf('SubmissionContent', SubmissionContent)(reading.content);
    });
    expect(contents).toMatchObject([
      { kind: 'roster', doses: [] },
      { kind: 'roster', doses: [] },
    ]);
    expect(contents.map(({ roster }) => roster)).toStrictEqual([
      { from: '2026-11-24' },
      { from: '2026-09-01', through: '2040-01-01' },
    ]);
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
    [{ ...row, through: '2027-02-29' }, 'school', [{ field: 'through', code: 'not-a-date' }]],
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
