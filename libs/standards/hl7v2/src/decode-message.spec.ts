import fc from 'fast-check';
import { decodeMessage } from './decode-message.js';
import { parseMessage } from './parse-message.js';
import { read, sampleWith } from './sample-vxu.fixture.js';

const header = (set: string): string => `MSH|^~\\&|A||||20260101||VXU^V04|1|P|2.5.1||||||${set}\r`;
const named = (set: string, name: string): string => `${header(set)}PID|1||1||${name}\r`;
const nameIn = (bytes: Uint8Array): string | undefined =>
  parseMessage(decodeMessage(bytes).text).segments[1]?.value(5);
const summaryOf = (bytes: Uint8Array): string[] =>
  decodeMessage(bytes).problems.map(({ severity, location }) => {
    const { segment, field } = location ?? {};
    return `${severity} ${segment}-${field}`;
  });

describe('decodeMessage', () => {
  it.each(['', 'ASCII', '8859/1', 'UNICODE', 'UNICODE UTF-8', 'unicode utf-8', 'UTF-8', '8859/15'])(
    'takes plain text declared as %j',
    (set) => {
      const text = named(set, 'Miller');
      expect(decodeMessage(Buffer.from(text))).toEqual({ text, characterSet: 'utf-8', problems: [] });
    },
  );

  it.each(['', 'UNICODE', 'UNICODE UTF-8', 'UTF8', 'UNICODE UTF-8~8859/1'])(
    'reads UTF-8 declared as %j',
    (set) => {
      const bytes = Buffer.from(named(set, 'Muñoz 💉'));
      expect(nameIn(bytes)).toBe('Muñoz 💉');
      expect(summaryOf(bytes)).toEqual([]);
    },
  );

  it.each([
    ['8859/1', 'Muñoz', [0x4d, 0x75, 0xf1, 0x6f, 0x7a]],
    ['8859/1', 'O’Neil', [0x4f, 0x92, 0x4e, 0x65, 0x69, 0x6c]],
    ['8859/2', 'Łódź', [0xa3, 0xf3, 0x64, 0xbc]],
    ['8859/5', 'Иван', [0xb8, 0xd2, 0xd0, 0xdd]],
    ['8859/15', '€', [0xa4]],
    ['ISO IR100', 'é', [0xe9]],
    ['ISO_8859-1', 'é', [0xe9]],
    ['ISO IR87', '山', [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42]],
    ['GB 18030-2000', '中', [0xd6, 0xd0]],
    ['BIG-5', '中', [0xa4, 0xa4]],
  ])('reads %s', (set, name, bytes) => {
    const sent = Buffer.concat([
      Buffer.from(`${header(set)}PID|1||1||`),
      Buffer.from(bytes),
      Buffer.from('\r'),
    ]);
    expect(nameIn(sent)).toBe(name);
    expect(summaryOf(sent)).toEqual([]);
  });

  describe('warns at MSH-18, and makes the best of', () => {
    it.each(['', 'ASCII', 'KLINGON', 'UNICODE UTF-32', 'UNICODE UTF-8', 'UNICODE UTF-16'])(
      'single bytes declared as %j',
      (set) => {
        const bytes = Buffer.from(named(set, 'Muñoz'), 'latin1');
        expect(nameIn(bytes)).toBe('Muñoz');
        expect(summaryOf(bytes)).toEqual(['W MSH-18']);
        expect(decodeMessage(bytes).characterSet).toBe('windows-1252');
      },
    );

    it.each(['ASCII', 'KLINGON', '8859/1', '8859/15', 'UNICODE UTF-16'])('UTF-8 declared as %j', (set) => {
      const bytes = Buffer.from(named(set, 'Muñoz'));
      expect(nameIn(bytes)).toBe('Muñoz');
      expect(summaryOf(bytes)).toEqual(['W MSH-18']);
    });

    it('zero characters', () => {
      const bytes = Buffer.from(named('', 'Mil\u0000ler'));
      expect(nameIn(bytes)).toBe('Mil\ufffdler');
      expect(summaryOf(bytes)).toEqual(['W MSH-18']);
    });

    it('UTF-16 declared as something else', () => {
      expect(summaryOf(Buffer.from(`\ufeff${named('8859/1', 'é')}`, 'utf16le'))).toEqual(['W MSH-18']);
    });
  });

  it('finds an error in bytes that mean nothing: they are lost', () => {
    const utf8 = Buffer.concat([Buffer.from(named('UNICODE UTF-8', 'Muñoz')), Buffer.from([0xc3, 0x0d])]);
    expect(summaryOf(utf8)).toEqual(['E MSH-18']);
    expect(decodeMessage(utf8).text).toContain('Muñoz');
    const greek = Buffer.concat([
      Buffer.from(`${header('8859/7')}PID|1||1||`),
      Buffer.from([0xe1, 0xd2, 0x0d]),
    ]);
    expect(nameIn(greek)).toBe('α\ufffd');
    expect(summaryOf(greek)).toEqual(['E MSH-18']);
  });

  it.each([
    ['little-endian, marked', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['little-endian', (text: string) => Buffer.from(text, 'utf16le')],
    ['big-endian, marked', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['big-endian', (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ])('reads UTF-16, %s', (_, encode) => {
    for (const set of ['', 'UNICODE UTF-16']) {
      const text = named(set, 'Muñoz 💉');
      expect(decodeMessage(encode(text))).toMatchObject({ text, problems: [] });
    }
  });

  it('loses half a character of UTF-16', () => {
    const bytes = Buffer.from(`\ufeff${named('', 'A\ud83d')}`, 'utf16le');
    expect(nameIn(bytes)).toBe('A\ufffd');
    expect(summaryOf(bytes)).toEqual(['E MSH-18']);
  });

  it('takes off MLLP framing, a mark, and the zeros that fill up a buffer', () => {
    const text = named('', 'Miller');
    for (const framed of [
      `\u000b${text}\u001c\r`,
      `\ufeff${text}`,
      `\u000b\ufeff${text}\u001c`,
      `${text}\0\0`,
    ]) {
      expect(decodeMessage(Buffer.from(framed))).toEqual({ text, characterSet: 'utf-8', problems: [] });
    }
  });

  it('reads a batch in the set of its first message', () => {
    const bytes = Buffer.from(
      `FHS|^~\\&|A\rBHS|^~\\&|A\r${named('8859/1', 'Muñoz')}BTS|1\rFTS|1\r`,
      'latin1',
    );
    const { text, characterSet, problems } = decodeMessage(bytes);
    expect({ characterSet, problems }).toEqual({ characterSet: 'windows-1252', problems: [] });
    expect(text).toContain('Muñoz');
  });

  it('hands its problems on to the acknowledgment', () => {
    const { text, problems } = decodeMessage(Buffer.from(sampleWith(['MSH', 18, 'KLINGON'])));
    expect(problems).toHaveLength(1);
    expect(parseMessage(text, undefined, problems).problems).toEqual(problems);
    expect(parseMessage('PID|1', undefined, problems).problems).toEqual(problems);
    expect(read(text).problems).toEqual([]);
  });

  it('gives text that every store takes, whatever bytes come', () => {
    const sets = fc.constantFrom(
      '',
      'ASCII',
      '8859/7',
      'UNICODE UTF-8',
      'UNICODE UTF-16',
      'ISO IR87',
      'BIG-5',
      'x',
    );
    fc.assert(
      fc.property(sets, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (set, bytes, withHeader) => {
        const { text } = decodeMessage(Buffer.concat([Buffer.from(withHeader ? header(set) : ''), bytes]));
        expect(text.includes('\u0000') || /\p{Surrogate}/u.test(text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
