import { parseMessage } from './parse-message.js';
import { readVxu } from './read-vxu.js';
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

const isDeeplyFrozen = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every((inner) => isDeeplyFrozen(inner)));

describe('readVxu', () => {
  it('takes all of a message that follows the guide', () => {
    const reading = read(sampleWith());
    expect(reading).toMatchObject({ outcome: 'accepted', acknowledgmentCode: 'AA', problems: [] });
    const { header, patient, nextOfKin } = vxuOf(reading);
    expect(header).toEqual({
      sendingApplication: { namespace: 'EHR' },
      sendingFacility: { namespace: 'CLINIC', universalId: '1.2.3', universalIdType: 'ISO' },
      receivingApplication: { namespace: 'MIIC' },
      receivingFacility: { namespace: 'MDH' },
      sentAt: '20260110083000-0600',
      controlId: 'MSG-1',
      processingId: 'P',
      version: '2.5.1',
      profiles: ['Z22'],
      responsibleOrganization: { value: '7001', authority: { namespace: 'MDH' }, type: 'XX' },
    });
    expect(patient).toEqual({
      identifiers: [
        {
          value: 'MRN-1',
          authority: { namespace: 'CLINIC', universalId: '1.2.3', universalIdType: 'ISO' },
          type: 'MR',
        },
        { value: 'S-2', authority: { namespace: 'SSA' }, type: 'SS' },
      ],
      names: [
        { family: 'Testperson', given: 'Ada', middle: 'B', suffix: 'Jr', type: 'L' },
        { family: 'Other', given: 'Ada', type: 'A' },
      ],
      mothersMaidenNames: [{ family: 'Vorname', given: 'Eva', type: 'M' }],
      birthDate: '2024-02-29',
      sex: 'F',
      races: [
        { code: '2106-3', text: 'White', system: 'CDCREC' },
        { code: '2054-5', text: 'Black', system: 'CDCREC' },
      ],
      ethnicities: [{ code: '2186-5', text: 'not Hispanic', system: 'CDCREC' }],
      addresses: [
        {
          street: '1 First St',
          otherDesignation: 'Apt 2',
          city: 'St Paul',
          state: 'MN',
          postalCode: '55101',
          country: 'USA',
          type: 'H',
        },
      ],
      telecoms: [
        { use: 'PRN', equipment: 'PH', areaCode: '651', localNumber: '5551212' },
        { use: 'NET', equipment: 'Internet', email: 'a@example.org' },
      ],
      primaryLanguage: { code: 'eng', text: 'English', system: 'ISO639' },
      multipleBirth: true,
      birthOrder: 2,
      registry: {
        publicityCode: '02',
        protectionIndicator: 'Y',
        protectionIndicatorSince: '2024-03-01',
        registryStatus: 'A',
        registryStatusSince: '2024-03-02',
        publicityCodeSince: '2024-03-03',
      },
    });
    expect(nextOfKin).toMatchObject([
      {
        name: { family: 'Testperson', given: 'Eva', type: 'L' },
        relationship: { code: 'MTH', system: 'HL70063' },
        addresses: [{ city: 'St Paul' }],
        telecoms: [{ localNumber: '5551212' }],
      },
    ]);
  });

  it('gives a value that nobody can change, the same each time', () => {
    const reading = read(sampleWith());
    expect(isDeeplyFrozen(reading)).toBe(true);
    expect(read(sampleWith())).toStrictEqual(reading);
    expect(isDeeplyFrozen(read(sampleWith(['RXA', 3, 'x'])))).toBe(true);
    expect(isDeeplyFrozen(read(''))).toBe(true);
  });

  it('takes an explicit null for no value', () => {
    const reading = read(
      sampleWith(
        ['PID', 8, '""'],
        ['PID', 11, '""'],
        ['PD1', 12, '""'],
        ['PD1', 13, '""'],
        ['RXA', 15, '""'],
      ),
    );
    expect(summary(reading)).toEqual(['W 101/7 RXA#1-15']);
    expect(vxuOf(reading).patient).toMatchObject({ sex: undefined, addresses: [] });
    expect(vxuOf(reading).orders[0]?.lotNumbers).toEqual([]);
  });

  describe('of MSH', () => {
    it.each<[string, Change, string]>([
      ['a type that is not VXU', ['MSH', 9, 'ADT^A08'], '200'],
      ['an event that is not V04', ['MSH', 9, 'VXU^V01'], '201'],
      ['version 2.3', ['MSH', 12, '2.3'], '203'],
      ['version 2.6', ['MSH', 12, '2.6'], '203'],
      ['no version', ['MSH', 12, ''], '101'],
      ['no type', ['MSH', 9, ''], '101'],
      ['a processing id that is not accepted', ['MSH', 11, 'T'], '202'],
      ['no processing id', ['MSH', 11, ''], '101'],
    ])('refuses %s with AR', (_, change, code) => {
      const reading = read(sampleWith(change));
      expect(reading).toMatchObject({
        outcome: 'rejected',
        acknowledgmentCode: 'AR',
        problems: [{ severity: 'E', code }],
      });
      expect(reading.vxu).toBeUndefined();
    });

    it.each(['2.3.1', '2.4', '2.5', '2.5.1', '2.4^^^^', '2.5.1^USA'])('accepts version %s', (version) => {
      expect(read(sampleWith(['MSH', 12, version])).outcome).toBe('accepted');
    });

    it('accepts the processing ids of the client', () => {
      const test = sampleWith(['MSH', 11, 'T^']);
      expect(read(test).acknowledgmentCode).toBe('AR');
      expect(read(test, { acceptedProcessingIds: ['T', 'D'] }).outcome).toBe('accepted');
      expect(read(sampleWith(), { acceptedProcessingIds: ['T', 'D'] }).acknowledgmentCode).toBe('AR');
    });

    it('rejects a message without a control id, or with one that no answer can carry', () => {
      for (const id of ['', 'x'.repeat(200)]) {
        const reading = read(sampleWith(['MSH', 10, id]));
        expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AE' });
        expect(reading.problems).toMatchObject([{ severity: 'E', location: { segment: 'MSH', field: 10 } }]);
      }
    });

    it('loses nothing for a bad MSH-7 or another profile', () => {
      const reading = read(sampleWith(['MSH', 7, 'yesterday'], ['MSH', 21, '']));
      expect(reading.outcome).toBe('accepted');
      expect(summary(reading)).toEqual(['W 102/2 MSH#1-7', 'I 101/7 MSH#1-21']);
    });

    it('answers what cannot be parsed with AR', () => {
      for (const text of ['', 'PID|1', 'MSH|', 'MSH|^~']) {
        expect(read(text)).toMatchObject({
          outcome: 'rejected',
          acknowledgmentCode: 'AR',
          problems: [{ severity: 'E' }],
        });
      }
    });

    it('refuses two messages in one', () => {
      const reading = read(sampleWith() + sampleWith());
      expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AR' });
      expect(summary(reading)).toEqual(['E 100/- MSH#2']);
    });
  });

  describe('of PID', () => {
    it.each<[string, Change, readonly string[]]>([
      ['no identifier', ['PID', 3, ''], ['E 101/7 PID#1-3']],
      ['no name', ['PID', 5, ''], ['E 101/7 PID#1-5']],
      ['a name without a family', ['PID', 5, '^Ada'], ['E 101/7 PID#1-5', 'E 101/7 PID#1-5']],
      ['no birth date', ['PID', 7, ''], ['E 101/7 PID#1-7']],
      ['a birth month', ['PID', 7, '202402'], ['E 102/2 PID#1-7']],
      ['a birth date that is none', ['PID', 7, '20230229'], ['E 102/2 PID#1-7']],
      ['a birth date in the future', ['PID', 7, '20260116'], ['E 207/1 PID#1-7']],
    ])('rejects a message with %s', (_, change, problems) => {
      const reading = read(sampleWith(change));
      expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AE' });
      expect(summary(reading)).toEqual([...problems, 'E 207/8 PID#1']);
    });

    it('rejects a message without it', () => {
      const reading = read(sampleWithout(1));
      expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AE' });
      expect(summary(reading)).toEqual(['E 100/7 PID#1']);
    });

    it('rejects a message with two: the doses behind the second are not of the first', () => {
      const reading = read(asMessage([...SAMPLE, SAMPLE[1]]));
      expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AE' });
      expect(summary(reading)).toEqual(['E 100/- PID#2']);
    });

    it('takes a birth date of today', () => {
      expect(vxuOf(read(sampleWith(['PID', 7, '20260115']))).patient.birthDate).toBe('2026-01-15');
    });

    it('keeps an identifier without authority or type, with a warning', () => {
      const reading = read(sampleWith(['PID', 3, '12345~^^^X^MR']));
      expect(reading.outcome).toBe('accepted');
      expect(summary(reading)).toEqual(['W 101/7 PID#1-3', 'W 101/7 PID#1-3', 'W 101/7 PID#1-3']);
      expect(vxuOf(reading).patient.identifiers).toEqual([{ value: '12345' }]);
    });

    it('loses a name that is not whole, and keeps the others', () => {
      const reading = read(sampleWith(['PID', 5, '^Ada~Testperson^Ada']));
      expect(reading.outcome).toBe('accepted-with-errors');
      expect(reading.problems).toMatchObject([
        { severity: 'E', location: { segment: 'PID', sequence: 1, field: 5, repetition: 1, component: 1 } },
      ]);
      expect(vxuOf(reading).patient.names).toEqual([{ family: 'Testperson', given: 'Ada' }]);
    });

    it.each<[string, Change, string]>([
      ['sex', ['PID', 8, 'female'], 'E 103/5 PID#1-8'],
      ['race without a code', ['PID', 10, '^White'], 'E 101/7 PID#1-10'],
      ['multiple birth indicator', ['PID', 24, 'yes'], 'E 103/5 PID#1-24'],
      ['birth order', ['PID', 25, '0'], 'E 102/4 PID#1-25'],
      ['death date', ['PID', 29, '2025'], 'E 102/2 PID#1-29'],
      ['death before birth', ['PID', 29, '20240228'], 'E 207/1 PID#1-29'],
      ['death in the future', ['PID', 29, '20260116'], 'E 207/1 PID#1-29'],
      ['publicity code', ['PD1', 11, 'Y'], 'E 103/5 PD1#1-11'],
      ['effective date', ['PD1', 13, '202403'], 'E 102/2 PD1#1-13'],
    ])('empties the field of a bad %s, and nothing else', (_, change, problem) => {
      const reading = read(sampleWith(change));
      expect(reading.outcome).toBe('accepted-with-errors');
      expect(summary(reading)).toEqual([problem]);
      expect(vxuOf(reading).orders).toHaveLength(2);
    });

    it('takes a death', () => {
      const { patient } = vxuOf(read(sampleWith(['PID', 29, '20250601123000-0500'], ['PID', 30, 'Y'])));
      expect(patient).toMatchObject({ deathDate: '2025-06-01', died: true });
    });

    it('loses repetitions above the limit with an error', () => {
      const message = parseMessage(sampleWith(), { maxRepetitions: 1 });
      const reading = readVxu(message, { receivedOn: '2026-01-15' });
      expect(reading.outcome).toBe('accepted-with-errors');
      expect(summary(reading)).toContain('E 207/8 PID#1-3');
      expect(vxuOf(reading).patient.identifiers).toHaveLength(1);
    });
  });

  it.each<[string, Change, string]>([
    ['name', ['NK1', 2, ''], 'E 101/7 NK1#1-2'],
    ['relationship', ['NK1', 3, ''], 'E 101/7 NK1#1-3'],
    ['code of the relationship', ['NK1', 3, '^Mother'], 'E 101/7 NK1#1-3'],
  ])('loses a next of kin without a %s, and nothing else', (_, change, problem) => {
    const reading = read(sampleWith(change));
    expect(summary(reading)).toEqual([problem]);
    expect(vxuOf(reading).nextOfKin).toEqual([]);
    expect(vxuOf(reading).orders).toHaveLength(2);
  });

  it('ignores segments that the guide does not use', () => {
    expect(
      read(asMessage([...SAMPLE.slice(0, 2), 'PV1|1|R', 'ZZZ|1', ...SAMPLE.slice(2), 'BTS|1'])).problems,
    ).toEqual([]);
  });

  it('reports segments where they mean nothing', () => {
    const [msh, pid, , , , , rxr = '', obx = ''] = SAMPLE;
    const reading = read(asMessage([msh, pid, rxr, obx]));
    expect(reading.outcome).toBe('accepted-with-errors');
    expect(summary(reading)).toEqual(['E 100/8 RXR#1', 'E 100/8 OBX#1']);
  });

  it('reports a segment that lost the terminator before it', () => {
    const reading = read(sampleWith(['RXR', 3, 'OBX'], ['RXR', 4, '1']));
    expect(reading.outcome).toBe('accepted-with-errors');
    expect(summary(reading)).toEqual(['E 100/8 RXR#1-3']);
  });

  it('does not give what follows a joined order to the order before it', () => {
    const reading = read(sampleWith(['OBX#1', 12, 'x RXA'], ['OBX#1', 13, '0']));
    expect(summary(reading)).toEqual(['E 100/8 OBX#1-12', 'E 100/8 OBX#2']);
    expect(vxuOf(reading).orders.map(({ observations }) => observations.length)).toEqual([1, 1]);
  });

  it('rejects a message in which another patient shares a line', () => {
    const reading = read(sampleWith(['OBX#1', 12, 'x PID'], ['OBX#1', 13, '1']));
    expect(reading).toMatchObject({ outcome: 'rejected', acknowledgmentCode: 'AE' });
    expect(summary(reading)).toEqual(['E 100/8 OBX#1-12', 'E 100/- OBX#1']);
  });

  it('never puts a value into a problem', () => {
    const secret = 'Sesame';
    const changes = [3, 5, 7, 8, 10, 13, 15, 22, 24, 25, 29, 30].map((field): Change => [
      'PID',
      field,
      secret,
    ]);
    const rxa = [3, 5, 6, 9, 16, 17, 18, 20, 21].map((field): Change => ['RXA', field, secret]);
    const reading = read(sampleWith(...changes, ...rxa, ['OBX', 5, `^${secret}`], ['NK1', 3, `^${secret}`]));
    expect(reading.problems.length).toBeGreaterThan(12);
    expect(JSON.stringify(reading.problems)).not.toContain(secret);
  });
});
