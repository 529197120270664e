/** Random numbers that a seed decides: the same in every run. */
export interface SeededRandom {
  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number;
  pick<T>(from: readonly T[]): T;
}

/** Mulberry32, which is small and good enough to break messages with. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    pick: (from) => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new RangeError('There is nothing to pick from.');
      return picked;
    },
  };
}

/**
 * Breaks a message as senders, interface engines and networks do: one to four random changes of its segments, fields,
 * text or delimiters, then of its encoding or bytes. The same message and seed give the same bytes.
 *
 * @param message segments ended by CR or LF
 */
export function mutateMessage(message: string, seed: number): Uint8Array {
  const random = seededRandom(seed);
  let text = message;
  for (let count = 1 + random.below(4); count > 0; count -= 1) text = random.pick(TEXT_CHANGES)(text, random);
  const bytes = random.pick(ENCODINGS)(text);
  return random.below(4) === 0 ? random.pick(BYTE_CHANGES)(bytes, random) : bytes;
}

type Change<T> = (sent: T, random: SeededRandom) => T;

/** What turns up in fields where it should not. */
const VALUES: readonly string[] = [
  '',
  '""',
  ' ',
  '|',
  '^^^',
  '~~~',
  '&&&',
  '\\',
  '\\F\\',
  '\\X00\\',
  '\\XZZ\\',
  '\\C2842\\x\\C2842\\',
  '\\M2442\\',
  '\\.br\\',
  '0',
  '-1',
  '999',
  '998^none^CVX',
  '08^Hep B^CVX^10^IPV^CVX',
  '19000101',
  '20991231',
  '20240230',
  '2024',
  '202402',
  '20250301120000-0600',
  'Y',
  'N',
  'D',
  'RE',
  'NA',
  '00^x^NIP001',
  'Ünïcödé',
  '\u{1f489}',
  '\ud800',
  '\u0000',
  'MSH',
  'x MSH',
  'PID',
  'F OBX',
  '<![CDATA[x]]>',
  '{"a":1}',
  'x'.repeat(300),
  'a~'.repeat(80),
  'a^'.repeat(200),
  'a&'.repeat(50),
];

const SEGMENTS: readonly string[] = [
  'FHS|^~\\&|A|B',
  'BHS|^~\\&|A|B',
  'BTS|2',
  'FTS|1',
  'PID|1||9^^^X^MR||Other^One||20200101|F',
  'PD1|||||||||||02^^HL70215|Y|20200101',
  'NK1|1|A^B|MTH^^HL70063',
  'ORC|RE||Z-9^X',
  'RXA|0|1|20240101||08^x^CVX|999',
  'RXR|IM',
  'OBX|1|CE|64994-7^x^LN|1|V01^x^HL70064||||||F',
  'ZZZ|anything',
  'MSH|^~\\&|A|B|||20240101||VXU^V04|SECOND|P|2.5.1',
  'no segment',
];

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

const onLine =
  (change: (line: string, random: SeededRandom) => string): Change<string> =>
  (text, random) => {
    const lines = linesOf(text);
    const at = random.below(lines.length);
    lines[at] = change(lines[at] ?? '', random);
    return lines.join('\r');
  };

const onField = (change: (field: string, random: SeededRandom) => string): Change<string> =>
  onLine((line, random) => {
    const fields = line.split('|');
    const at = random.below(fields.length);
    fields[at] = change(fields[at] ?? '', random);
    return fields.join('|');
  });

const onLines =
  (change: (lines: string[], random: SeededRandom) => void): Change<string> =>
  (text, random) => {
    const lines = linesOf(text);
    change(lines, random);
    return lines.join('\r');
  };

const TEXT_CHANGES: readonly Change<string>[] = [
  // Fields.
  onField((_, random) => random.pick(VALUES)),
  onField((field, random) => field + random.pick(VALUES)),
  onField((field, random) => `${field}~${random.pick(VALUES)}`),
  onField((field, random) => {
    const components = field.split('^');
    components[random.below(components.length + 1)] = random.pick(VALUES);
    return components.join('^');
  }),
  onField((field, random) => field.slice(random.below(field.length + 1))),
  onLine((line, random) => {
    const fields = line.split('|');
    fields.splice(random.below(fields.length), random.below(3), ...(random.below(2) === 0 ? [''] : []));
    return fields.join('|');
  }),
  // Segments.
  onLines((lines, random) => lines.splice(random.below(lines.length), 1)),
  onLines((lines, random) => lines.splice(random.below(lines.length + 1), 0, random.pick(SEGMENTS))),
  onLines((lines, random) => lines.splice(random.below(lines.length), 0, random.pick(lines))),
  onLines((lines, random) => {
    const [moved = ''] = lines.splice(random.below(lines.length), 1);
    lines.splice(random.below(lines.length + 1), 0, moved);
  }),
  onLine((line, random) => `${random.pick([' ', '\t', '\u000b', '\ufeff', 'x'])}${line}`),
  // Terminators and framing.
  (text, random) => linesOf(text).join(random.pick(['\n', '\r\n', '\r\r', '\n\r', ' ', ''])),
  (text, random) => {
    const at = random.below(text.length + 1);
    return (
      text.slice(0, at) + random.pick(['\r', '\n', '\u001c\r', '\u000b', '\u0000', '\ud83d']) + text.slice(at)
    );
  },
  (text) => `\u000b${text}\u001c\r\u000b${text}\u001c\r`,
  (text, random) => text.slice(0, random.below(text.length + 1)),
  // Delimiters.
  (text, random) =>
    text.replaceAll(random.pick(['|', '^', '~', '&', '\\']), random.pick(['#', '|', '^', '*', 'A', ''])),
  (text, random) =>
    text.replace('^~\\&', random.pick(['^~\\\\&', '^~\\', '^^^^', '', '~^\\&', '^~\\&#', '$%@!'])),
  (text, random) =>
    text.replace(/^MSH.*/, (header) => {
      const fields = header.split('|');
      while (fields.length < 18) fields.push('');
      fields[17] = random.pick([
        'ASCII',
        '8859/1',
        '8859/15',
        'UNICODE UTF-8',
        'UNICODE UTF-16',
        'ISO IR87',
        'KLINGON',
      ]);
      return fields.join('|');
    }),
];

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const ENCODINGS: readonly ((text: string) => Uint8Array)[] = [
  utf8,
  utf8,
  utf8,
  (text) => Buffer.from(text, 'latin1'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf8'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
];

const BYTE_CHANGES: readonly Change<Uint8Array>[] = [
  (bytes, random) => {
    const changed = Uint8Array.from(bytes);
    for (let count = 1 + random.below(8); count > 0; count -= 1) {
      changed[random.below(changed.length)] = random.below(256);
    }
    return changed;
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    const inserted = Array.from({ length: 1 + random.below(6) }, () => random.below(256));
    return Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at)]);
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => Uint8Array.from([...bytes, ...Array.from({ length: random.below(9) }, () => 0)]),
];
