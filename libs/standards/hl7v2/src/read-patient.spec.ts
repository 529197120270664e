import { isGuardian } from './read-next-of-kin.js';
import { type Change, SAMPLE, asMessage, read, sampleWith, summary, vxuOf } from './sample-vxu.fixture.js';

describe('PID', () => {
  it.each<[string, readonly Change[], readonly string[]]>([
    ['a race', [['PID', 10, 'ASIAN^x']], ['E 103/5 PID#1-10']],
    ['an ethnic group', [['PID', 22, 'H^x^HL70189']], ['E 103/5 PID#1-22']],
    ['a sex', [['PID', 8, 'W']], ['E 103/5 PID#1-8']],
    ['a death indicator', [['PID', 30, 'D']], ['E 103/5 PID#1-30']],
  ])('loses %s that is not in its table', (_, changes, problems) => {
    expect(summary(read(sampleWith(...changes)))).toEqual(problems);
  });

  it('takes the alternate code when the first is of no table of the guide', () => {
    const reading = read(sampleWith(['PID', 10, 'W^White^LOCAL^2106-3^White^CDCREC']));
    expect(reading.problems).toEqual([]);
    expect(vxuOf(reading).patient.races).toMatchObject([{ code: '2106-3' }]);
  });

  it('takes detailed races and a refusal to say', () => {
    expect(read(sampleWith(['PID', 10, '2034-7^Chinese^CDCREC~PHC1175^Refused^CDCPHINVS'])).problems).toEqual(
      [],
    );
  });

  it.each<[string, Change, string]>([
    ['name', ['PID', 5, 'Testperson^Ada^^^^^Q'], 'W 103/5 PID#1-5'],
    ['address', ['PID', 11, '1 First St^^St Paul^MN^55101^USA^HOME'], 'W 103/5 PID#1-11'],
    ['telephone', ['PID', 13, '^HOME^PH^^^651^5551212'], 'W 103/5 PID#1-13'],
    ['kind of telephone', ['PID', 14, '^WPN^LAND^^^651^5551212'], 'W 103/5 PID#1-14'],
  ])('keeps a type of a %s that is not in its table, with a warning', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(reading.outcome).toBe('accepted');
    expect(summary(reading)).toEqual([problem]);
  });

  it.each([
    ['Y', '2', []],
    ['Y', '', []],
    ['N', '1', []],
    ['', '1', ['W 207/3 PID#1-25']],
    ['N', '2', ['W 207/3 PID#1-25']],
  ])('with multiple birth %j and order %j', (multiple, order, problems) => {
    const reading = read(sampleWith(['PID', 24, multiple], ['PID', 25, order]));
    expect(summary(reading)).toEqual(problems);
    expect(reading.outcome).toBe('accepted');
  });

  it.each([
    ['20250601', 'Y', []],
    ['', 'N', []],
    ['20250601', '', ['W 101/7 PID#1-30']],
    ['20250601', 'N', ['W 207/3 PID#1-30']],
    ['', 'Y', ['I 101/7 PID#1-29']],
  ])('with death date %j and indicator %j', (date, indicator, problems) => {
    const reading = read(sampleWith(['PID', 29, date], ['PID', 30, indicator]));
    expect(summary(reading)).toEqual(problems);
    expect(reading.outcome).toBe('accepted');
  });

  it('reads a telephone number in one piece, as versions before 2.5 send it', () => {
    const reading = read(sampleWith(['MSH', 12, '2.3.1'], ['PID', 13, '(651)555-1212']));
    expect(vxuOf(reading).patient.telecoms).toEqual([{ unformatted: '(651)555-1212' }]);
  });
});

describe('PD1', () => {
  it.each<[string, Change, string]>([
    ['publicity code', ['PD1', 11, '13'], 'E 103/5 PD1#1-11'],
    ['protection indicator', ['PD1', 12, 'X'], 'E 103/5 PD1#1-12'],
    ['registry status', ['PD1', 16, 'Z'], 'E 103/5 PD1#1-16'],
    ['effective date in the future', ['PD1', 18, '20260116'], 'E 207/1 PD1#1-18'],
  ])('loses a bad %s', (_, change, problem) => {
    expect(summary(read(sampleWith(change)))).toEqual([problem]);
  });

  it.each([11, 12, 16])('warns of an effective date without a value in PD1-%i', (field) => {
    expect(summary(read(sampleWith(['PD1', field, ''])))).toHaveLength(1);
    expect(read(sampleWith(['PD1', field, ''])).outcome).toBe('accepted');
  });
});

describe('NK1', () => {
  it('is lost when its relationship is not in the table', () => {
    const reading = read(sampleWith(['NK1', 3, 'G98^x^HL70063']));
    expect(summary(reading)).toEqual(['E 103/5 NK1#1-3']);
    expect(vxuOf(reading).nextOfKin).toEqual([]);
  });

  it.each([
    ['MTH', true],
    ['GRD', true],
    ['SIB', false],
  ])('of relationship %s', (code, expected) => {
    expect(vxuOf(read(sampleWith(['NK1', 3, `${code}^x^HL70063`]))).nextOfKin.map(isGuardian)).toEqual([
      expected,
    ]);
  });
});

describe('segments out of order', () => {
  const [msh, pid, pd1, nk1, orc, rxa, rxr, obx] = SAMPLE;

  it.each([
    [
      'PD1 and NK1 before PID',
      [msh, nk1, pd1, pid, orc, rxa],
      ['E 100/8 NK1#1', 'E 100/8 PD1#1', 'W 100/6 RXA#1'],
    ],
    [
      'PD1 and NK1 behind an order',
      [msh, pid, orc, rxa, nk1, pd1],
      ['W 100/6 RXA#1', 'E 100/8 NK1#1', 'E 100/8 PD1#1'],
    ],
    [
      'RXR and OBX before RXA',
      [msh, pid, orc, rxr, obx, rxa],
      ['E 100/8 RXR#1', 'E 100/8 OBX#1', 'W 100/6 RXA#1'],
    ],
    ['a second RXR', [msh, pid, orc, rxa, rxr, obx, rxr], ['E 100/8 RXR#2']],
    ['a second PD1', [msh, pid, pd1, pd1], ['E 100/8 PD1#2']],
  ])('are not read: %s', (_, lines, problems) => {
    expect(summary(read(asMessage(lines)))).toEqual(problems);
  });

  it('reject the message when PID is behind its orders', () => {
    const reading = read(asMessage([msh, orc, rxa, pid]));
    expect(reading.acknowledgmentCode).toBe('AE');
    expect(summary(reading)).toContain('E 100/8 PID#1');
    expect(summary(reading)).toContain('E 100/7 PID#1');
  });

  it('are no matter among segments that are passed over', () => {
    expect(
      read(
        asMessage([msh, 'ZXX|1', 'EVN|V04', pid, 'PV1|1', 'GT1|1', 'IN1|1', orc, 'TQ1|1', rxa, obx, 'NTE|1']),
      ),
    ).toMatchObject({
      problems: [],
    });
  });
});
