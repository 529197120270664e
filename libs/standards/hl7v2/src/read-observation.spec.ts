import { type Change, read, sampleWith, summary, vxuOf } from './sample-vxu.fixture.js';

const observationsOf = (...changes: Change[]): readonly unknown[] =>
  vxuOf(read(sampleWith(...changes))).orders[0]?.observations ?? [];

describe('OBX', () => {
  it.each<[string, Change[], string]>([
    [
      'a date where a code belongs',
      [
        ['OBX', 2, 'DT'],
        ['OBX', 5, '20250101'],
      ],
      'E 102/4 OBX#1-5',
    ],
    [
      'a text where a date belongs',
      [
        ['OBX#2', 2, 'ST'],
        ['OBX#2', 5, '20200115'],
      ],
      'E 102/4 OBX#2-5',
    ],
    ['a code of another table', [['OBX', 5, 'VXC50^Public^CDCPHINVS']], 'E 103/5 OBX#1-5'],
    ['an eligibility for a disease', [['OBX', 3, '59784-9^x^LN']], 'E 103/5 OBX#1-5'],
    ['an eligibility for a source of funding', [['OBX', 3, '30963-3^x^LN']], 'E 103/5 OBX#1-5'],
    ['a withdrawn status', [['OBX', 11, 'W']], 'E 207/3 OBX#1-11'],
  ])('with %s is lost, its order is not', (_, changes, problem) => {
    const reading = read(sampleWith(...changes));
    expect(reading.outcome).toBe('accepted-with-errors');
    expect(summary(reading).filter((one) => one.startsWith('E'))).toEqual([problem]);
    expect(vxuOf(reading).orders.map(({ observations }) => observations.length)).toEqual([1, 1]);
  });

  it.each<[string, Change, string]>([
    ["a state's own code", ['OBX', 5, 'MNA01^State programme^HL70064'], 'W 103/5 OBX#1-5'],
    ['a preliminary status', ['OBX', 11, 'P'], 'W 102/4 OBX#1-11'],
  ])('with %s is kept with a warning', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(reading.outcome).toBe('accepted');
    expect(summary(reading)).toEqual([problem]);
    expect(observationsOf(change)).toHaveLength(2);
  });

  it('without a type is what its code makes it', () => {
    expect(observationsOf(['OBX', 2, ''], ['OBX#2', 2, ''])).toMatchObject([
      { value: { kind: 'coded' } },
      { value: { kind: 'date' } },
    ]);
  });

  it('of another system is not what LOINC calls by that code', () => {
    expect(
      observationsOf(['OBX', 2, 'ST'], ['OBX', 3, '64994-7^x^99LOCAL'], ['OBX', 5, 'free']),
    ).toMatchObject([{ value: { kind: 'text', text: 'free' } }, {}]);
  });
});
