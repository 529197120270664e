import fc from 'fast-check';
import { type Hl7Batch, readBatch } from './read-batch.js';

const message = (id: number | string): string =>
  `MSH|^~\\&|A|B|||20260101||VXU^V04|${id}|P|2.5.1\rPID|1||${id}`;
const FHS = 'FHS|^~\\&|App|Fac|To|At|20260101|||c|F-1';
const BHS = 'BHS|^~\\&|App|Fac|To|At|20260101|||c|B-1';
const lines = (...all: string[]): string => all.map((line) => `${line}\r`).join('');
const ids = ({ messages }: Hl7Batch): string[] =>
  messages.map((text) => /\|VXU\^V04\|(\w+)/.exec(text)?.[1] ?? 'none');
const summary = ({ problems }: Hl7Batch): string[] =>
  problems.map(({ severity, code, location }) => {
    const { segment = 'nowhere', sequence = 0 } = location ?? {};
    return `${severity} ${code} ${segment}${sequence}`;
  });

describe('readBatch', () => {
  it.each([
    ['a message', message(1)],
    ['a message in a frame', `\u000b${message(1)}\r\u001c\r`],
    ['a message with blank lines before', `\r\n \ufeff${message(1)}`],
    ['a message that names MSH within', `${message(1)}|MSH|x\rNTE|1||MSH is a segment`],
    ['nothing', ''],
    ['a text', 'PID|1\rsomething'],
    ['a message behind something', `PID|1\r${message(1)}`],
  ])('leaves %s as it is', (_, text) => {
    expect(readBatch(text)).toEqual({
      kind: 'single',
      envelope: undefined,
      messages: [text],
      fault: undefined,
      problems: [],
    });
  });

  it.each([
    ['a file', lines(FHS, BHS, message(1), message(2), 'BTS|2', 'FTS|1')],
    ['a batch', lines(BHS, message(1), message(2), 'BTS|2')],
    ['bare messages', lines(message(1), message(2))],
    ['framed messages', `\u000b${lines(message(1))}\u001c\r\u000b${lines(message(2))}\u001c\r`],
    ['framed messages without line ends', `\u000b${message(1)}\u001c\u000b${message(2)}\u001c`],
    ['line feeds', lines(BHS, message(1), message(2), 'BTS').replaceAll('\r', '\n')],
    ['two batches in a file', lines(FHS, BHS, message(1), 'BTS|1', BHS, message(2), 'BTS|1', 'FTS|2')],
    [
      'a file with a mark and blank lines',
      `\ufeff\r\n${lines(FHS, '', BHS, message(1), ' ', message(2), 'BTS|2', 'FTS')}`,
    ],
    ['trailers without counts', lines(FHS, BHS, message(1), message(2), 'BTS', 'FTS|""')],
  ])('splits %s', (_, text) => {
    const batch = readBatch(text);
    expect(batch).toMatchObject({ kind: 'batch', fault: undefined, problems: [] });
    expect(ids(batch)).toEqual(['1', '2']);
    expect(batch.messages.every((one) => one.startsWith('MSH|') && /PID\|1\|\|[12]$/.test(one))).toBe(true);
  });

  it('takes one message in an envelope for a batch', () => {
    expect(readBatch(lines(BHS, message(1), 'BTS|1'))).toMatchObject({ kind: 'batch', problems: [] });
  });

  it('keeps the headers, with their own delimiters', () => {
    const other = 'BHS#*!%$#App*1.2#Fac#To#At#20260101####B-9';
    const { envelope } = readBatch(lines(FHS, other, message(1), 'BTS#1', 'FTS|1'));
    expect(envelope?.file?.value(11)).toBe('F-1');
    expect([1, 3, 11].map((field) => envelope?.batch?.value(field))).toEqual(['#', 'App', 'B-9']);
    expect(envelope?.batch?.value(3, 2)).toBe('1.2');
  });

  it.each([
    ['a wrong count', lines(BHS, message(1), 'BTS|2'), ['W 207 BTS1']],
    ['a count that is none', lines(BHS, message(1), 'BTS|one'), ['W 207 BTS1']],
    ['a wrong count of batches', lines(FHS, BHS, message(1), 'BTS|1', 'FTS|3'), ['W 207 FTS1']],
    ['no trailer', lines(BHS, message(1)), ['W 100 BHS1']],
    ['no trailers', lines(FHS, BHS, message(1)), ['W 100 BHS1', 'W 100 FHS1']],
    ['a batch that begins in a batch', lines(BHS, message(1), BHS, message(2), 'BTS|1'), ['W 100 BHS1']],
    ['a trailer without header', lines(message(1), message(2), 'BTS|2'), ['W 100 BTS1']],
    ['a message outside', lines(BHS, message(1), 'BTS|1', message(2)), ['W 100 nowhere0']],
    ['lines outside', lines(BHS, 'PID|1', message(1), 'BTS|1', 'x', 'y'), ['E 100 nowhere0']],
    [
      'lines between frames',
      `\u000b${message(1)}\u001c\rjunk\r\u000b${message(2)}\u001c\r`,
      ['E 100 nowhere0'],
    ],
  ])('reports %s, and reads the messages', (_, text, problems) => {
    const batch = readBatch(text);
    expect(batch.fault).toBeUndefined();
    expect(summary(batch)).toEqual(problems);
    expect(ids(batch)[0]).toBe('1');
  });

  it.each([
    ['without messages', lines(FHS, BHS, 'BTS|0', 'FTS|1'), {}],
    ['with a header only', 'BHS', {}],
    ['of too many messages', lines(BHS, message(1), message(2), message(3), 'BTS|3'), { maxMessages: 2 }],
    ['of too many batches', lines(FHS, BHS, BHS, BHS, message(1)), { maxMessages: 2 }],
    ['that is too long', lines(FHS, BHS, message(1), 'BTS|1', 'FTS|1'), { maxLength: 90 }],
  ])('refuses a batch %s', (_, text, limits) => {
    const batch = readBatch(text, limits);
    expect(batch).toMatchObject({ kind: 'batch', messages: [], fault: { severity: 'E', code: '207' } });
    expect(batch.envelope?.batch?.id).toBe('BHS');
  });

  it('takes as many as allowed', () => {
    const text = lines(BHS, message(1), message(2), 'BTS|2');
    expect(readBatch(text, { maxMessages: 2, maxLength: text.length }).fault).toBeUndefined();
  });

  it('takes megabytes in linear time', () => {
    const started = performance.now();
    for (const unit of ['\r', ' ', 'MSH', 'MSH|\r', 'BHS|\r', '\u001c', 'x\r', `${message(1)}\r`]) {
      const filler = unit.repeat(Math.floor(2_000_000 / unit.length));
      readBatch(filler);
      readBatch(`${BHS}\r${message(1)}\r${filler}`, { maxMessages: 1_000_000 });
    }
    // Generous: what it must not be is quadratic.
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('never throws, and loses no message', () => {
    const part = fc.constantFrom(
      FHS,
      BHS,
      'BTS|1',
      'FTS',
      'junk',
      '',
      '\u001c',
      '\u000b',
      'MSH',
      'BHS',
      message('x'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('\r', '\n', '\r\n'), (parts, end) => {
        const batch = readBatch(parts.join(end));
        const sent = parts.filter((one) => one === message('x')).length;
        if (batch.kind === 'batch' && !batch.fault) expect(batch.messages).toHaveLength(sent);
        else expect(sent).toBeLessThan(2);
      }),
    );
  });
});
