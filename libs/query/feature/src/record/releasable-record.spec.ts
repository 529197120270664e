import type { ConsolidatedRecord } from '@registry/query-domain';
import { releasable } from './releasable-record.js';

const name = { family: 'Olson', given: 'Nora' };
const codes = [{ system: 'CVX', value: '20' }] as const;

const RECORD: Required<ConsolidatedRecord> = {
  policy: 'mn-consolidation-1',
  name,
  birthDate: '2024-03-05',
  sex: 'F',
  addresses: [{ city: 'Duluth' }],
  phones: ['2185550100'],
  guardians: [{ family: 'Olson', given: 'Ida', relationship: 'MTH' }],
  multipleBirth: true,
  birthOrder: 2,
  death: { date: '2026-01-01' },
  doses: [
    {
      date: '2024-05-10',
      codes,
      cvx: '20',
      completion: 'CP',
      historical: false,
      lot: 'L1',
      manufacturer: 'SKB',
      expiration: '2025-01-01',
      source: '00',
      amount: '0.5',
      unit: 'mL',
      route: 'IM',
      site: 'LT',
      facility: 'Lake',
      fundingEligibility: 'V02',
      fundingSource: 'VXC50',
      from: 's1',
      taken: { lot: 's2' },
      alsoFrom: [{ from: 's2', date: '2024-05-11', historical: true }],
    },
    { date: '2024-07-10', codes, completion: 'PA', historical: true, from: 's1' },
  ],
  notGiven: [{ date: '2024-05-10', codes, completion: 'RE', refusalReason: '00', from: ['s1'] }],
  indications: [
    { kind: 'reaction', code: '39579001', text: 'Anaphylaxis', date: '2024-05-10', from: ['s1'] },
  ],
  demographicsFrom: { name: 's1' },
};

describe('What may be released of a record', () => {
  it('is under the statute’s ceiling: no refusal, phone, death, birth order, funding or source', () => {
    expect(releasable(RECORD)).toStrictEqual({
      name,
      birthDate: '2024-03-05',
      sex: 'F',
      addresses: [{ city: 'Duluth' }],
      guardians: [{ family: 'Olson', given: 'Ida', relationship: 'MTH' }],
      doses: [
        {
          date: '2024-05-10',
          codes,
          completion: 'CP',
          historical: false,
          lot: 'L1',
          manufacturer: 'SKB',
          expiration: '2025-01-01',
        },
        { date: '2024-07-10', codes, completion: 'PA', historical: true },
      ],
      indications: [{ kind: 'reaction', code: '39579001', text: 'Anaphylaxis', date: '2024-05-10' }],
    });
  });
});
