import { doseNumberOf, fundingOf, indicationsOf, informationStatementsOf } from './order-observations.js';
import { SAMPLE, asMessage, read, vxuOf } from './sample-vxu.fixture.js';
import type { VxuOrder } from './vxu.js';

/** The first order of the sample with these observations: OBX-2 to OBX-5. */
const orderWith = (...observations: string[]): VxuOrder => {
  const lines = observations.map((obx, index) => `OBX|${index + 1}|${obx}||||||F|||20250301`);
  const [order] = vxuOf(read(asMessage([...SAMPLE.slice(0, 7), ...lines]))).orders;
  if (!order) throw new Error('The order was lost.');
  return order;
};

describe('indicationsOf', () => {
  it('gives a contraindication with the dates of its own group', () => {
    const order = orderWith(
      'CE|30945-0^Contraindication^LN|1|VXC23^fever^CDCPHINVS',
      'TS|30946-8^Effective^LN|1|20250301',
      'TS|30944-3^Expires^LN|1|20250401',
      'CE|30945-0^Contraindication^LN|2|VXC18^allergy^CDCPHINVS^91930004^allergy^SCT',
      'DT|30946-8^Effective^LN|2|20240801',
    );
    expect(indicationsOf(order)).toEqual([
      {
        kind: 'contraindication',
        codes: [{ code: 'VXC23', text: 'fever', system: 'CDCPHINVS' }],
        effectiveOn: '2025-03-01',
        expiresOn: '2025-04-01',
        observedOn: '2025-03-01',
      },
      {
        kind: 'contraindication',
        codes: [{ code: 'VXC18' }, { code: '91930004' }].map(
          (code) => expect.objectContaining(code) as unknown,
        ),
        effectiveOn: '2024-08-01',
        expiresOn: undefined,
        observedOn: '2025-03-01',
      },
    ]);
  });

  it('gives reactions and presumed immunity', () => {
    const order = orderWith(
      'CE|31044-1^Reaction^LN|1|VXC12^fever^CDCPHINVS',
      'CE|59784-9^Immunity^LN|2|38907003^Varicella^SCT',
    );
    expect(indicationsOf(order)).toMatchObject([
      { kind: 'reaction', codes: [{ code: 'VXC12' }] },
      { kind: 'presumed-immunity', codes: [{ code: '38907003' }] },
    ]);
  });

  it('is empty for an order that has none', () => {
    expect(indicationsOf(orderWith('CE|64994-7^x^LN|1|V01^x^HL70064'))).toEqual([]);
  });
});

describe('fundingOf', () => {
  it('gives eligibility and source', () => {
    const order = orderWith(
      'CE|64994-7^x^LN|1|V02^Medicaid^HL70064',
      'CE|30963-3^x^LN|2|VXC51^VFC^CDCPHINVS',
    );
    expect(fundingOf(order)).toMatchObject({ eligibility: { code: 'V02' }, source: { code: 'VXC51' } });
    expect(fundingOf({ observations: [] })).toEqual({ eligibility: undefined, source: undefined });
  });
});

describe('informationStatementsOf', () => {
  it('joins the observations of one sub-id, whichever way the document is named', () => {
    const order = orderWith(
      'CE|64994-7^x^LN|1|V02^Medicaid^HL70064',
      'CE|69764-9^Document^LN|2|253088698300005911160720^Hep B^cdcgs1vis',
      'DT|29769-7^Presented^LN|2|20250301',
      'CE|30956-7^Type^LN|3|08^Hep B^CVX',
      'TS|29768-9^Published^LN|3|20240512',
    );
    expect(informationStatementsOf(order)).toEqual([
      {
        document: { code: '253088698300005911160720', text: 'Hep B', system: 'cdcgs1vis' },
        vaccine: undefined,
        publishedOn: undefined,
        presentedOn: '2025-03-01',
      },
      {
        document: undefined,
        vaccine: { code: '08', text: 'Hep B', system: 'CVX' },
        publishedOn: '2024-05-12',
        presentedOn: undefined,
      },
    ]);
  });
});

describe('doseNumberOf', () => {
  it('is the number that the sender gives', () => {
    expect(doseNumberOf(orderWith('NM|30973-2^Dose number^LN|1|2'))).toBe(2);
    expect(doseNumberOf({ observations: [] })).toBeUndefined();
  });
});
