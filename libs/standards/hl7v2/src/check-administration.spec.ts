import { type Change, SAMPLE, asMessage, read, sampleWith, summary, vxuOf } from './sample-vxu.fixture.js';

describe('a dose given here', () => {
  it.each<[string, Change, readonly string[]]>([
    ['amount', ['RXA', 6, '999'], ['W 101/7 RXA#1-6']],
    ['lot number', ['RXA', 15, ''], ['W 101/7 RXA#1-15']],
    ['expiration date', ['RXA', 16, ''], ['W 101/7 RXA#1-16']],
    ['manufacturer', ['RXA', 17, ''], ['W 101/7 RXA#1-17']],
    ['funding eligibility', ['OBX', 3, '99999-9^x^LN'], ['W 100/6 RXA#1']],
  ])('is taken without %s, with a warning', (_, change, problems) => {
    const reading = read(sampleWith(change));
    expect(reading.outcome).toBe('accepted');
    expect(summary(reading)).toEqual(problems);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it.each<[string, Change]>([
    ['a historical dose', ['RXA', 9, '01^Historical^NIP001']],
    ['a dose not given', ['RXA', 20, 'NA']],
    ['a deletion', ['RXA', 21, 'D']],
  ])('is asked for more than %s', (_, change) => {
    const empty = [6, 15, 16, 17].map((field): Change => ['RXA', field, field === 6 ? '999' : '']);
    const reading = read(sampleWith(change, ...empty, ['OBX', 3, '99999-9^x^LN']));
    expect(reading.problems).toEqual([]);
  });

  it('has no second problem where what was sent was bad', () => {
    const reading = read(sampleWith(['RXA', 15, 'x'.repeat(21)], ['RXA', 16, 'soon'], ['OBX', 5, '']));
    expect(summary(reading)).toEqual(['E 102/4 RXA#1-15', 'E 102/2 RXA#1-16', 'E 101/7 OBX#1-5']);
  });
});

describe('dates of a dose', () => {
  it('warns of a lot that had expired, on the day after only', () => {
    expect(summary(read(sampleWith(['RXA', 16, '20250228'])))).toEqual(['W 207/1 RXA#1-16']);
    expect(read(sampleWith(['RXA', 16, '20250301'])).problems).toEqual([]);
  });

  it.each([
    ['202502', '2025-02-28'],
    ['202802', '2028-02-29'],
    ['202704', '2027-04-30'],
    ['202712', '2027-12-31'],
  ])('lets a lot of %s expire on the last day of the month', (sent, date) => {
    expect(vxuOf(read(sampleWith(['RXA', 16, sent]))).orders[0]?.lotExpiresOn).toBe(date);
  });

  it('loses a dose after death, unless it is a deletion', () => {
    const death: Change[] = [
      ['PID', 29, '20250228'],
      ['PID', 30, 'Y'],
    ];
    const reading = read(sampleWith(...death, ['RXA#2', 3, '20250228']));
    expect(summary(reading)).toEqual(['E 207/1 RXA#1-3', 'E 207/8 RXA#1']);
    expect(vxuOf(reading).orders.map(({ sequence }) => sequence)).toEqual([2]);
    expect(read(sampleWith(...death, ['RXA#2', 3, '20250228'], ['RXA', 21, 'D'])).problems).toEqual([]);
  });

  it('takes a deletion of a dose before birth, which should not be there', () => {
    expect(vxuOf(read(sampleWith(['RXA', 3, '20240228'], ['RXA', 21, 'D']))).orders).toHaveLength(2);
  });

  it('warns of an administration that ends on another day', () => {
    expect(summary(read(sampleWith(['RXA', 4, '20250302'])))).toEqual(['W 207/1 RXA#1-4']);
    expect(read(sampleWith(['RXA', 4, '202503011200'])).problems).toEqual([]);
    expect(read(sampleWith(['RXA', 4, 'later'])).problems).toEqual([]);
  });
});

describe('coded fields of a dose', () => {
  it.each<[string, Change, string]>([
    ['source', ['RXA', 9, '09^x^NIP001'], 'E 103/5 RXA#1-9'],
    ['refusal reason', ['RXA#2', 18, '77^x^NIP002'], 'E 103/5 RXA#2-18'],
    ['site', ['RXR', 2, 'LI^x^HL70163'], 'E 103/5 RXR#1-2'],
    ['first of two routes', ['RXR', 1, 'C1^x^NCIT^IM^x^HL70162'], 'E 103/5 RXR#1-1'],
  ])('lose a %s that is not in its table, and nothing else', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(summary(reading)).toEqual([problem]);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it('lose RXR with a route that is not in its table', () => {
    const reading = read(sampleWith(['RXR', 1, 'ORALLY^x^HL70162']));
    expect(summary(reading)).toEqual(['E 103/5 RXR#1-1', 'E 207/8 RXR#1']);
    expect(vxuOf(reading).orders[0]?.route).toBeUndefined();
  });

  it('warn of a refusal without a reason', () => {
    expect(summary(read(sampleWith(['RXA', 20, 'RE'])))).toEqual(['W 101/7 RXA#1-18']);
  });
});

describe('limits of an order', () => {
  it('loses orders above them, with one problem', () => {
    const text = asMessage([...SAMPLE, ...SAMPLE.slice(9), ...SAMPLE.slice(9)]);
    const reading = read(text, { limits: { maxOrders: 2 } });
    expect(summary(reading)).toEqual(['E 207/8 ORC#3']);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it('loses observations above them, with one problem', () => {
    const reading = read(sampleWith(), { limits: { maxObservations: 1 } });
    expect(summary(reading)).toEqual(['E 207/8 OBX#2']);
    expect(vxuOf(reading).orders.map(({ observations }) => observations.length)).toEqual([1, 1]);
  });
});
