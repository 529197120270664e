import type { CodeStatus, CodeTables } from './code-tables.js';
import { type Change, read, sampleWith, summary, vxuOf } from './sample-vxu.fixture.js';

const KNOWN = new Map<string, CodeStatus>([
  ['CVX 08', 'known'],
  ['CVX 10', 'known'],
  ['CVX 45', 'inactive'],
  ['NDC 58160-0820-11', 'known'],
  ['CPT 90744', 'known'],
]);
const CVX_OF = new Map([
  ['58160-0820-11', '08'],
  ['90744', '08'],
]);

/** Hepatitis B (08), polio (10), an unspecified hepatitis B (45); SKB makes 08, PMC makes 10. */
const codes: CodeTables = {
  vaccine: (system, code) => KNOWN.get(`${system} ${code.padStart(2, '0')}`) ?? 'unknown',
  manufacturer: (mvx) => (mvx === 'SKB' || mvx === 'PMC' ? 'known' : 'unknown'),
  manufacturerMakes: (mvx, cvx) => (Number(cvx) === 45 ? undefined : (mvx === 'SKB') === (Number(cvx) === 8)),
  cvxOf: (system, code) => (system === 'CVX' ? code : CVX_OF.get(code)),
};

const readWith = (...changes: Change[]): ReturnType<typeof read> => read(sampleWith(...changes), { codes });

describe('with code tables', () => {
  it('nothing is wrong with what they have, and CVX 998 is no vaccine of theirs', () => {
    expect(readWith().problems).toEqual([]);
    expect(readWith(['RXA', 5, '8^Hep B^CVX^90744^Hep B^CPT']).problems).toEqual([]);
  });

  it.each([
    ['77^x^CVX', 'component 1'],
    ['^^^77^x^CVX', 'component 4'],
  ])('an order whose only code %s is unknown is lost, with its place', (sent, place) => {
    const reading = readWith(['RXA', 5, sent]);
    expect(summary(reading)).toEqual(['E 103/5 RXA#1-5', 'E 207/8 RXA#1']);
    expect(`component ${reading.problems[0]?.location?.component}`).toBe(place);
    expect(vxuOf(reading).orders.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it('of two codes the unknown one is lost', () => {
    const reading = readWith(['RXA', 5, '08^Hep B^CVX^11111-1111-11^x^NDC']);
    expect(summary(reading)).toEqual(['E 103/5 RXA#1-5']);
    expect(vxuOf(reading).orders[0]?.vaccineCodes).toMatchObject([{ system: 'CVX', code: '08' }]);
  });

  it('an unknown manufacturer empties its field', () => {
    const reading = readWith(['RXA', 17, 'GSK^Glaxo^MVX']);
    expect(summary(reading)).toEqual(['E 103/5 RXA#1-17']);
    expect(vxuOf(reading).orders[0]?.manufacturer).toBeUndefined();
  });

  it.each<[string, Change, string]>([
    ['codes of different vaccines', ['RXA', 5, '10^IPV^CVX^58160-0820-11^Engerix^NDC'], 'W 207/3 RXA#1-5'],
    ['an inactive code of a dose given here', ['RXA', 5, '45^Hep B^CVX'], 'W 207/3 RXA#1-5'],
    ['a manufacturer that does not make the vaccine', ['RXA', 17, 'PMC^x^MVX'], 'W 207/3 RXA#1-17'],
  ])('%s are warned of, and nothing is lost', (_, change, problem) => {
    const reading = readWith(change);
    expect(reading.outcome).toBe('accepted');
    expect(summary(reading)).toEqual([problem]);
  });

  it('an inactive code is right for a historical dose', () => {
    expect(readWith(['RXA', 5, '45^Hep B^CVX'], ['RXA', 9, '01^Historical^NIP001']).problems).toEqual([]);
  });

  it('a table that cannot tell says nothing', () => {
    expect(
      read(sampleWith(['RXA', 17, 'PMC^x^MVX']), { codes: { ...codes, manufacturerMakes: undefined } })
        .problems,
    ).toEqual([]);
  });

  it('the vaccine that a statement is about must be known', () => {
    expect(
      summary(readWith(['OBX#2', 2, 'CE'], ['OBX#2', 3, '30956-7^x^LN'], ['OBX#2', 5, '77^x^CVX'])),
    ).toEqual(['E 103/5 OBX#2-5']);
    expect(
      readWith(['OBX#2', 2, 'CE'], ['OBX#2', 3, '30956-7^x^LN'], ['OBX#2', 5, '45^x^CVX']).problems,
    ).toEqual([]);
  });
});
