import type { OwnRecord } from '@registry/privacy-gate';
import { PRINT_FORMS, printFormOf, type PrintFormName } from './print-forms.js';
import { renderRecordHtml } from './render-record-html.js';
import { renderRecordPdf } from './render-record-pdf.js';

const record: OwnRecord = {
  name: { family: 'Vang <script>alert("x")</script>', given: "Mai 'Łucja' & Co" },
  birthDate: '2019-04-02',
  sex: 'F',
  addresses: [{ street: '1 Secret Street', city: 'Duluth', zip: '55802' }],
  guardians: [{ family: 'Vang', given: 'Pa' }],
  doses: [
    {
      date: '2020-06-02',
      codes: [{ system: 'CVX', value: '03', text: 'MMR' }],
      completion: 'CP',
      historical: false,
      lot: 'LOT77',
      manufacturer: 'MSD',
    },
    {
      date: '2019-06-02',
      codes: [{ system: 'CVX', value: '20', text: 'DTaP' }],
      completion: 'CP',
      historical: true,
    },
    { date: '2019-08-02', codes: [{ system: 'CVX', value: '20' }], completion: 'CP', historical: true },
  ],
  indications: [{ kind: 'reaction', code: '39579001', text: 'Anaphylaxis' }],
  phones: ['2185550100'],
  notGiven: [{ date: '2021-01-01', codes: [], completion: 'RE', refusalReason: '00' }],
  sources: [],
};
const print = (form: PrintFormName) => ({ record, form, printedOn: '2026-11-26' });

describe('A printed record', () => {
  it('says what is known of the doses, by vaccine and date', () => {
    const html = renderRecordHtml(print('military'));
    const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) => row.replace(/<[^>]+>/g, '|'));
    expect(rows).toEqual([
      '|Vaccine||Date given||Lot||Manufacturer|',
      '|DTaP||2019-06-02|||||',
      '|DTaP||2019-08-02|||||',
      '|MMR||2020-06-02||LOT77||MSD|',
    ]);
  });

  it('lets nothing of a name become markup', () => {
    const html = renderRecordHtml(print('school'));
    expect(html).not.toContain('<script');
    expect(html).toContain('Mai &#39;Łucja&#39; &amp; Co Vang &lt;script&gt;');
  });

  it.each(PRINT_FORMS)('for %s shows nothing that it does not need', (form) => {
    const html = renderRecordHtml(print(form));
    expect(html.includes('LOT77')).toBe(['military', 'employment'].includes(form));
    expect(html.includes('Anaphylaxis')).toBe(!['athletics', 'employment'].includes(form));
    expect(html.includes('Pa Vang')).toBe(['school', 'child-care', 'camp'].includes(form));
    for (const never of ['Secret Street', '2185550100', '2021-01-01']) expect(html).not.toContain(never);
  });

  it('of nobody says so', () => {
    expect(renderRecordHtml({ ...print('camp'), record: undefined })).toContain('No record is kept');
  });

  it('is a PDF of as many pages as it needs', async () => {
    const pages = async (count: number) => {
      const doses = Array.from({ length: count }, () => record.doses[0] ?? []).flat();
      const pdf = await renderRecordPdf({ ...print('school'), record: { ...record, doses } });
      expect(Buffer.from(pdf.slice(0, 5)).toString()).toBe('%PDF-');
      return Buffer.from(pdf)
        .toString('latin1')
        .match(/\/Type \/Page\b/g)?.length;
    };
    expect(await pages(3)).toBe(1);
    expect(await pages(70)).toBe(3);
    await expect(renderRecordPdf({ ...print('camp'), record: undefined })).resolves.toBeDefined();
  });

  it('has a known form', () => {
    expect(printFormOf(undefined)).toBe('school');
    expect(() => printFormOf('party')).toThrow('PRIVACY.FORM_UNKNOWN');
  });
});
