import {
  type Change,
  SAMPLE,
  asMessage,
  read,
  sampleWith,
  sampleWithout,
  summary,
  vxuOf,
} from './sample-vxu.fixture.js';

const LOST = 'E 207/8 RXA#1';

describe('an ORDER group', () => {
  it('is read whole', () => {
    const [first, second] = vxuOf(read(sampleWith())).orders;
    expect(first).toEqual({
      sequence: 1,
      placerOrderNumber: { value: 'P-1', authority: { namespace: 'EHR' } },
      fillerOrderNumber: {
        value: 'F-1',
        authority: { namespace: 'CLINIC', universalId: '1.2.3', universalIdType: 'ISO' },
      },
      orderedBy: {
        id: '77',
        authority: { namespace: 'NPI', universalId: '2.16.840.1.113883.4.6', universalIdType: 'ISO' },
        name: { family: 'Order', given: 'Olga', type: 'L' },
      },
      administeredOn: '2025-03-01',
      vaccineCodes: [
        { system: 'CVX', code: '08', text: 'Hep B' },
        { system: 'NDC', code: '58160-0820-11', text: 'Engerix' },
      ],
      amount: 0.5,
      unit: { code: 'mL', text: 'mL', system: 'UCUM' },
      source: { code: '00', text: 'New', system: 'NIP001' },
      administeredBy: {
        id: '88',
        authority: { namespace: 'NPI' },
        name: { family: 'Nurse', given: 'Nora', type: 'L' },
      },
      administeredAt: { facility: { namespace: 'CLINIC-7' } },
      lotNumbers: ['LOT1', 'LOT2'],
      lotExpiresOn: '2027-01-01',
      manufacturer: { code: 'SKB', text: 'GSK', system: 'MVX' },
      refusalReasons: [],
      completion: 'CP',
      action: 'A',
      route: {
        route: [
          { code: 'C28161', text: 'Intramuscular', system: 'NCIT' },
          { code: 'IM', text: 'IM', system: 'HL70162' },
        ],
        site: [{ code: 'LT', text: 'Left Thigh', system: 'HL70163' }],
      },
      observations: [
        {
          code: { code: '64994-7', text: 'Eligibility', system: 'LN' },
          subId: '1',
          value: { kind: 'coded', codes: [{ code: 'V02', text: 'Medicaid', system: 'HL70064' }] },
          observedOn: '2025-03-01',
        },
        {
          code: { code: '29768-9', text: 'Published', system: 'LN' },
          subId: '2',
          // Older than the child: a value of an observation is free.
          value: { kind: 'date', date: '2020-01-15' },
          observedOn: '2025-03-01',
        },
      ],
    });
    expect(second).toMatchObject({
      sequence: 2,
      fillerOrderNumber: { value: 'F-2', authority: { namespace: 'CLINIC' } },
      amount: undefined,
      completion: 'NA',
      observations: [{ code: { code: '59784-9' }, value: { codes: [{ code: '38907003', system: 'SCT' }] } }],
    });
  });

  describe('is lost, alone,', () => {
    it.each<[string, Change, string]>([
      ['without a filler order number', ['ORC', 3, ''], 'E 101/7 ORC#1-3'],
      ['without a date', ['RXA', 3, ''], 'E 101/7 RXA#1-3'],
      ['with a partial date', ['RXA', 3, '202503'], 'E 102/2 RXA#1-3'],
      ['with a date that is none', ['RXA', 3, '20250230'], 'E 102/2 RXA#1-3'],
      ['with a date in the future', ['RXA', 3, '20260116'], 'E 207/1 RXA#1-3'],
      ['with a date before birth', ['RXA', 3, '20240228'], 'E 207/1 RXA#1-3'],
      ['without a vaccine', ['RXA', 5, ''], 'E 101/7 RXA#1-5'],
      ['with a vaccine of no system', ['RXA', 5, '48'], 'E 103/5 RXA#1-5'],
      ['with a vaccine of an unknown system', ['RXA', 5, '48^HIB^LOCAL'], 'E 103/5 RXA#1-5'],
      ['with a CVX code of a wrong form', ['RXA', 5, 'HIB^HIB^CVX'], 'E 102/4 RXA#1-5'],
      ['without an amount', ['RXA', 6, ''], 'E 101/7 RXA#1-6'],
      ['with an amount that is no number', ['RXA', 6, 'half'], 'E 102/4 RXA#1-6'],
      ['with a completion status that cannot be read', ['RXA', 20, 'REFUSED'], 'E 103/5 RXA#1-20'],
      ['with an action that cannot be read', ['RXA', 21, 'DEL'], 'E 103/5 RXA#1-21'],
    ])('%s', (_, change, problem) => {
      const reading = read(sampleWith(change));
      expect(reading).toMatchObject({ outcome: 'accepted-with-errors', acknowledgmentCode: 'AE' });
      expect(summary(reading)).toEqual([problem, LOST]);
      expect(vxuOf(reading).orders.map(({ sequence }) => sequence)).toEqual([2]);
    });

    it('without RXA, its observations with it', () => {
      const reading = read(sampleWithout(5));
      expect(summary(reading)).toEqual(['E 100/7 ORC#1']);
      expect(vxuOf(reading).orders).toHaveLength(1);
    });

    it('without an ORC of its own, from 2.5 on', () => {
      const reading = read(asMessage([...SAMPLE, SAMPLE[10]]));
      expect(summary(reading)).toEqual(['E 100/7 RXA#3', 'E 207/8 RXA#3']);
      expect(vxuOf(reading).orders).toHaveLength(2);
    });
  });

  it.each(['2.3.1', '2.4'])('needs no ORC in %s', (version) => {
    const lines = SAMPLE.filter((line) => !line.startsWith('ORC'));
    const text = asMessage(lines).replace('|2.5.1|', `|${version}|`);
    const reading = read(text);
    expect(reading).toMatchObject({ outcome: 'accepted', problems: [] });
    const { orders } = vxuOf(reading);
    expect(orders.map((order) => order.observations.length)).toEqual([2, 1]);
    expect(orders.map((order) => order.fillerOrderNumber)).toEqual([undefined, undefined]);
  });

  it.each<[string, Change, string]>([
    ['order control', ['ORC', 1, 'NW'], 'W 102/4 ORC#1-1'],
    ['authority of the order number', ['ORC', 3, 'F-1'], 'W 101/7 ORC#1-3'],
    ['unit', ['RXA', 7, ''], 'W 101/7 RXA#1-7'],
    ['source', ['RXA', 9, ''], 'W 101/7 RXA#1-9'],
    ['code of the manufacturer', ['RXA', 17, '^^MVX'], 'W 101/7 RXA#1-17'],
  ])('is taken with a warning when the %s is missing or odd', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(reading.outcome).toBe('accepted');
    expect(summary(reading)).toEqual([problem]);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it.each<[string, Change, string]>([
    ['source', ['RXA', 9, '1'], 'E 103/5 RXA#1-9'],
    ['second vaccine code', ['RXA', 5, '08^Hep B^CVX^12^Engerix^NDC'], 'E 102/4 RXA#1-5'],
    ['expiration date', ['RXA', 16, '202713'], 'E 102/2 RXA#1-16'],
    ['manufacturer', ['RXA', 17, '^GSK^MVX'], 'E 101/7 RXA#1-17'],
    ['route', ['RXR', 1, ''], 'E 101/7 RXR#1-1'],
    ['observation code', ['OBX#3', 3, ''], 'E 101/7 OBX#3-3'],
    ['observation value', ['OBX', 5, ''], 'E 101/7 OBX#1-5'],
    ['observed code', ['OBX', 5, '^Medicaid'], 'E 101/7 OBX#1-5'],
    ['observed date', ['OBX#2', 5, '2020'], 'E 102/2 OBX#2-5'],
    ['date of an observation', ['OBX', 14, '20260116'], 'E 207/1 OBX#1-14'],
  ])('loses a bad %s and stands', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(reading.outcome).toBe('accepted-with-errors');
    expect(summary(reading)).toEqual([problem]);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it.each<[string, readonly Change[], string]>([
    ['given', [['RXA', 20, '']], 'CP'],
    [
      'not given, for CVX 998',
      [
        ['RXA', 5, '998^none^CVX'],
        ['RXA', 20, ''],
      ],
      'NA',
    ],
    [
      'refused, with a reason',
      [
        ['RXA', 18, '00^Parental decision^NIP002'],
        ['RXA', 20, ''],
      ],
      'RE',
    ],
    ['partly given, as sent', [['RXA', 20, 'PA']], 'PA'],
    [
      'refused, as sent',
      [
        ['RXA', 18, '00^Parental decision^NIP002'],
        ['RXA', 20, 'RE'],
      ],
      'RE',
    ],
  ])('is %s', (_, changes, completion) => {
    const reading = read(sampleWith(...changes));
    expect(reading.problems).toEqual([]);
    expect(vxuOf(reading).orders[0]?.completion).toBe(completion);
  });

  it('is refused, not given, when its reason cannot be read', () => {
    const reading = read(sampleWith(['RXA', 18, '^afraid of needles'], ['RXA', 20, '']));
    expect(summary(reading)).toEqual(['E 101/7 RXA#1-18']);
    expect(vxuOf(reading).orders[0]?.completion).toBe('RE');
  });

  it('warns of a dose that is both given and refused', () => {
    const reading = read(sampleWith(['RXA', 18, '00^Parental decision^NIP002']));
    expect(summary(reading)).toEqual(['W 207/3 RXA#1-20']);
    expect(vxuOf(reading).orders[0]).toMatchObject({ completion: 'CP', refusalReasons: [{ code: '00' }] });
  });

  it.each([
    ['', 'A'],
    ['A', 'A'],
    ['U', 'U'],
    ['D', 'D'],
  ])('takes action %j as %s', (sent, action) => {
    expect(vxuOf(read(sampleWith(['RXA', 21, sent]))).orders[0]?.action).toBe(action);
  });

  it.each([
    ['8^^CVX', [{ system: 'CVX', code: '8' }]],
    ['48^^HL70292', [{ system: 'CVX', code: '48' }]],
    ['90713^Polio^C4', [{ system: 'CPT', code: '90713', text: 'Polio' }]],
    ['49281-0560-05^Pentacel^NDC', [{ system: 'NDC', code: '49281-0560-05', text: 'Pentacel' }]],
    ['^^^10^IPV^cvx', [{ system: 'CVX', code: '10', text: 'IPV' }]],
  ])('reads the vaccine %s', (sent, codes) => {
    expect(vxuOf(read(sampleWith(['RXA', 5, sent]))).orders[0]?.vaccineCodes).toEqual(codes);
  });

  it.each([
    ['.5', 0.5],
    ['1.', 1],
    ['0.25', 0.25],
    ['999', undefined],
    ['999.0', undefined],
  ])('reads the amount %s as %s', (sent, amount) => {
    expect(vxuOf(read(sampleWith(['RXA', 6, sent]))).orders[0]?.amount).toBe(amount);
  });

  it('finds the coded source among notes', () => {
    const reading = read(sampleWith(['RXA', 9, '^a note~01^Historical^NIP001']));
    expect(vxuOf(reading).orders[0]?.source?.code).toBe('01');
  });

  it.each([
    ['NM', '1.5', { kind: 'number', number: 1.5 }],
    ['ST', 'O\\T\\M', { kind: 'text', text: 'O&M' }],
    ['', 'free', { kind: 'text', text: 'free' }],
    ['DT', '20250101', { kind: 'date', date: '2025-01-01' }],
    [
      'CWE',
      'a^^S^b^^T',
      {
        kind: 'coded',
        codes: [
          { code: 'a', system: 'S' },
          { code: 'b', system: 'T' },
        ],
      },
    ],
  ])('reads an observation of type %j', (type, sent, value) => {
    const reading = read(sampleWith(['OBX', 2, type], ['OBX', 3, 'x^y^L'], ['OBX', 5, sent]));
    expect(vxuOf(reading).orders[0]?.observations[0]?.value).toEqual(value);
  });
});
