import type { EvidenceItem } from './access.events.js';
import { isOutdated, isResidentAt, residenceOf } from './residence.js';

const STARTED = '2026-02-01T00:00:00.000Z';
const lives: EvidenceItem = {
  kind: 'residence',
  purposes: ['assessment', 'outbreak', 'reminder'],
  startsAt: STARTED,
  endsAt: '2027-02-01T00:00:00.000Z',
};
const moved: EvidenceItem = { ...lives, endsAt: '2026-06-01T00:00:00.000Z', cutShort: true };

describe('The residence of an address', () => {
  it.each([
    ['a name', { county: 'St. Louis' }, { county: '27137' }],
    ['a name with its state', { county: 'Hennepin County', state: 'MN' }, { county: '27053' }],
    ['a whole code', { county: '27053' }, { county: '27053' }],
    ['a whole code, whatever state it is sent with', { county: '27053', state: 'WI' }, { county: '27053' }],
    ['a short code', { county: '053', state: '27' }, { county: '27053' }],
    ['a state written in another way', { county: 'Lake', state: 'Minnesota' }, { county: '27075' }],
    ['another state’s county of the same name', { county: 'Douglas', state: 'wi' }, 'elsewhere'],
    ['another state’s short code', { county: '031', state: '55' }, 'elsewhere'],
    ['another state’s whole code', { county: '55031' }, 'elsewhere'],
    ['another state', { state: 'ND' }, 'elsewhere'],
    ['no county', { state: 'MN' }, undefined],
    ['a county that there is not', { county: 'Hennipen', state: 'MN' }, undefined],
    ['a code that there is not', { county: '27002' }, undefined],
    ['nothing', {}, undefined],
  ])('by %s', (_how, address, residence) => expect(residenceOf(address)).toEqual(residence));
});

describe('A resident', () => {
  it('is one from the start of the evidence until before its end, unless it was cut short', () => {
    expect(isResidentAt([lives], STARTED)).toBe(true);
    expect(isResidentAt([lives], lives.endsAt)).toBe(false);
    expect(isResidentAt([lives], '2026-01-31T23:59:59.999Z')).toBe(false);
    expect(isResidentAt([moved], STARTED)).toBe(false);
    expect(isResidentAt([{ ...lives, kind: 'roster' }], STARTED)).toBe(false);
  });

  it('is known by the latest submission, in whatever order they are linked', () => {
    expect(isOutdated('2026-01-31T00:00:00.000Z', [lives])).toBe(true);
    expect(isOutdated(STARTED, [lives])).toBe(false);
    expect(isOutdated('2026-05-31T00:00:00.000Z', [moved])).toBe(true);
    expect(isOutdated('2026-06-01T00:00:00.000Z', [moved])).toBe(false);
    expect(isOutdated('2020-01-01T00:00:00.000Z', [{ ...lives, kind: 'roster' }])).toBe(false);
  });
});
