import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { ISSUER, linesOf, PRINT_POLICY, STATEMENT, type PrintedRecord } from './print-forms.js';

// Of its own, because the fonts that every reader has know no names beyond Western Europe's.
const FONTS = join(dirname(createRequire(__filename).resolve('dejavu-fonts-ttf/package.json')), 'ttf');
const REGULAR = join(FONTS, 'DejaVuSans.ttf');
const BOLD = join(FONTS, 'DejaVuSans-Bold.ttf');

const MARGIN = 54;
const ROW = 20;
const FOOTER = 60;

/** US letter, as many pages as the record needs; the table's head is repeated on each. */
export const renderRecordPdf = async (printed: PrintedRecord): Promise<Uint8Array> => {
  const { heading, person, columns, doses, indications } = linesOf(printed);
  const document = new PDFDocument({
    size: 'LETTER',
    margin: MARGIN,
    bufferPages: true,
    lang: 'en',
    info: { Title: heading, Producer: ISSUER },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });

  const width = document.page.width - 2 * MARGIN;
  document.font(REGULAR).fontSize(9).fillColor('#3d4551').text(ISSUER);
  document.font(BOLD).fontSize(17).fillColor('#1b1b1b').text(heading).moveDown(0.6);
  for (const [label, value] of person) {
    document.font(BOLD).fontSize(10).text(`${label}: `, { continued: true });
    document.font(REGULAR).text(value);
  }
  document.moveDown(0.8);
  if (person.length === 0) document.font(REGULAR).fontSize(11).text('No record is kept.');
  else table(document, width, columns, doses);
  for (const each of indications) {
    if (document.y > document.page.height - MARGIN - FOOTER) document.addPage();
    document.font(REGULAR).fontSize(10).text(`• ${each}`, MARGIN);
  }
  footers(document, width, printed.printedOn);
  document.end();
  await done;
  return Buffer.concat(chunks);
};

const table = (
  document: PDFKit.PDFDocument,
  width: number,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): void => {
  // The vaccine's name takes what the others leave.
  const others = 84;
  const widths = columns.map((_, index) => (index === 0 ? width - others * (columns.length - 1) : others));
  const line = (values: readonly string[], font: string, fill: string | undefined) => {
    const top = document.y;
    let left = MARGIN;
    for (const [index, value] of values.entries()) {
      const cell = widths[index] ?? others;
      if (fill !== undefined) document.rect(left, top, cell, ROW).fill(fill);
      document.rect(left, top, cell, ROW).lineWidth(0.5).stroke('#71767a');
      document
        .font(font)
        .fontSize(9)
        .fillColor('#1b1b1b')
        .text(value, left + 5, top + 5, {
          width: cell - 10,
          height: ROW - 6,
          ellipsis: true,
          lineBreak: false,
        });
      left += cell;
    }
    document.y = top + ROW;
    document.x = MARGIN;
  };
  line(columns, BOLD, '#f0f0f0');
  for (const row of rows) {
    if (document.y + ROW > document.page.height - MARGIN - FOOTER) {
      document.addPage();
      line(columns, BOLD, '#f0f0f0');
    }
    line(row, REGULAR, undefined);
  }
  document.moveDown(0.8);
};

const footers = (document: PDFKit.PDFDocument, width: number, printedOn: string): void => {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page);
    // Within the margin text would begin a page.
    document.page.margins.bottom = 0;
    const text = `${STATEMENT}\nPrinted on ${printedOn}. Form ${PRINT_POLICY.version}. Page ${page - start + 1} of ${count}.`;
    document
      .font(REGULAR)
      .fontSize(7.5)
      .fillColor('#3d4551')
      .text(text, MARGIN, document.page.height - MARGIN - 20, { width });
  }
};
