import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutateMessage, seededRandom, type SeededRandom } from '@registry/hl7v2/testing';
import { registerClient } from './enrolment.js';
import { inTurns } from './in-turns.js';
import { SHARED_DATA } from './real-messages.js';
import { eventually, RegistryProcess, temporaryFolder, type Answer } from './registry-process.js';
import { acknowledgedAs, vxu, type VxuValues } from './vxu-messages.js';

const LONG = process.env['LONG_TESTS'] === '1';
const MESSAGES = LONG ? 100_000 : 1_000;
const ROWS = LONG ? 10_000 : 300;
const MAX_ROWS_OF_BODY = LONG ? 40 : 9;
const CONNECTIONS = 12;
const MOST_MEMORY_KIB = 1_048_576;
/** Another one makes other cases: a failure names the seed of its case. */
const FIRST_SEED = Number(process.env['FUZZ_SEED'] ?? '1');

jest.setTimeout(LONG ? 3_600_000 : 120_000);

const ADMINISTRATOR = 'demo-administrator';
const LAKESIDE = 'demo-lakeside-clinic';
const VITAL_RECORDS = 'demo-vital-records';
const SCHOOL_ID = 'd0000000-0000-4000-8000-000000000003';

/** Names of everybody in what is made here: they must be in no output, and in nothing that an answer says of its own. */
const MARKERS = ['Zqxjkvbp', 'Vwqzkjx', 'Kxqwvzy', 'Jqzwxkv'] as const;
const [FAMILY, GIVEN, MOTHER, STREET] = MARKERS;
const holdsMarker = (text: string): boolean =>
  MARKERS.some((marker) => text.toLowerCase().includes(marker.toLowerCase()));

const INTERNALS = /\bat \S+ \(|\.[jt]s:\d+|node_modules|FST_|\w+Error\b|SQLITE|SELECT /;

const PERSON: VxuValues = {
  controlId: 'FUZZ-1',
  facility: 'LAKESIDE',
  mrn: 'FUZZ-MRN',
  family: FAMILY,
  given: GIVEN,
  birthDate: '2012-12-12',
  orderNumber: 'FUZZ-ORD',
  administeredOn: '2016-06-06',
  lot: 'FUZZ-LOT',
  mothersMaidenName: MOTHER,
  street: `1 ${STREET} Street`,
};

/** The registry's own kind of message, a person and a dose each. */
const ownMessages = (): string[] =>
  Array.from({ length: 20 }, (_, index) =>
    vxu({
      ...PERSON,
      controlId: `FUZZ-${index}`,
      mrn: `FUZZ-MRN-${index % 7}`,
      given: index % 2 === 0 ? GIVEN : `${GIVEN} ${MOTHER}`,
      orderNumber: `FUZZ-ORD-${index}`,
      action: index % 5 === 4 ? 'D' : 'A',
    }).replace(/\rORC/, `\rNK1|1|${FAMILY}^${MOTHER}|MTH^Mother^HL70063\rORC`),
  );

const realMessages = (): string[] => {
  const found = ['vxu', 'qbp', 'other'].flatMap((kind) => {
    const folder = join(SHARED_DATA, 'hl7', kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  });
  if (found.length === 0)
    process.stderr.write('\nSKIPPED: the public messages are not there; only our own are mutated\n');
  return found;
};

/** Messages about the same persons: no clinic has thousands of one name and birth date, and what is broken shall not hide behind their number. */
const MESSAGES_OF_GROUP = 500;

/** The same message about somebody else: another number and birth date in PID-3 and PID-7. */
const aboutGroup = (message: string, group: number): string =>
  message
    .split(/(?<=[\r\n])/)
    .map((segment) => {
      if (!segment.startsWith('PID|') || group === 0) return segment;
      const fields = segment.split('|');
      fields[3] = (fields[3] ?? '').replace(/^[^~^]+/, (number) => `${number}-${group}`);
      if (fields[7] !== undefined && /^\d{8}/.test(fields[7]))
        fields[7] = new Date(Date.UTC(2000, 0, 1 + group)).toISOString().slice(0, 10).replaceAll('-', '');
      return fields.join('|');
    })
    .join('');

/** What networks and wrong character sets do to bytes. */
const BYTE_FAULTS: readonly ((bytes: Uint8Array, random: SeededRandom) => Uint8Array)[] = [
  // The first bytes of a character without its last ones.
  (bytes, random) => inserted(bytes, random, random.pick([[0xe2, 0x82], [0xc3], [0xf0, 0x9f, 0x92]])),
  (bytes, random) => inserted(bytes, random, Array<number>(1 + random.below(40)).fill(0)),
  (bytes, random) =>
    inserted(
      bytes,
      random,
      Array.from({ length: 1 + random.below(200) }, () => random.below(256)),
    ),
  (bytes, random) =>
    inserted(
      bytes,
      random,
      random.pick([
        [0xff, 0xfe],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
      ]),
    ),
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes) => bytes.map((byte) => byte ^ 0x80),
];

const inserted = (bytes: Uint8Array, random: SeededRandom, more: readonly number[]): Uint8Array => {
  const at = random.below(bytes.length + 1);
  return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
};

/** Bytes that are sent, and the seed that they follow from. */
interface Case {
  readonly seed: number;
  readonly path: string;
  readonly type: string;
  readonly as: string;
  readonly body: Uint8Array;
}

const seedsOf = (count: number): number[] => Array.from({ length: count }, (_, index) => FIRST_SEED + index);

/** One broken message, sometimes with broken bytes, sometimes several of them in one body. */
const messageCase = (seed: number, messages: readonly string[]): Case => {
  const random = seededRandom(seed);
  const group = Math.floor((seed - FIRST_SEED) / MESSAGES_OF_GROUP);
  const parts = Array.from({ length: random.below(10) === 0 ? 3 : 1 }, (_, index) =>
    mutateMessage(aboutGroup(random.pick(messages), group), seed * 7 + index),
  );
  const whole: Uint8Array = Buffer.concat(parts);
  const body = random.below(3) === 0 ? random.pick(BYTE_FAULTS)(whole, random) : whole;
  return { seed, path: '/hl7', type: 'application/hl7-v2', as: LAKESIDE, body };
};

const BIRTH = {
  event: 'birth',
  fileNumber: '2020-000001',
  issuedAt: '2020-02-02T12:00:00Z',
  family: FAMILY,
  given: GIVEN,
  birthDate: '2020-02-01',
  sex: 'F',
  multipleBirth: true,
  birthOrder: 2,
  motherFamily: FAMILY,
  motherGiven: MOTHER,
  motherMaidenFamily: MOTHER,
  street: `1 ${STREET} Street`,
  zip: '55802',
  phone: '218-555-0100',
  facilityMrn: 'FUZZ-MRN-1',
  facilityAuthority: 'LAKESIDE',
  noticeIssuer: '27137',
  noticeFormVersion: '2026-1',
};
const ROSTER_ENTRY = {
  family: FAMILY,
  given: GIVEN,
  birthDate: '2016-08-09',
  guardianFamily: FAMILY,
  guardianGiven: MOTHER,
  street: `1 ${STREET} Street`,
  zip: '55802',
};

type Row = Readonly<Record<string, unknown>>;

const VALUES: readonly unknown[] = [
  '',
  ' ',
  null,
  true,
  0,
  -1,
  1e308,
  [],
  {},
  [[FAMILY]],
  { [FAMILY]: [GIVEN] },
  'x'.repeat(300),
  'x'.repeat(70_000),
  '2020-02-30',
  '0000-00-00',
  '9999-12-31',
  '2020-02-01T00:00:00+99:99',
  '-271821-04-20T00:00:00Z',
  'replacement',
  'amendment',
  'void',
  'death',
  '"',
  '","',
  '\r\n',
  '=1+1',
  '\u0000',
  '\ud800',
  '\u202e\u{1f489}',
  '__proto__',
];

const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  '',
  FAMILY,
  'x'.repeat(1_000),
  'deathDate',
  'replaces',
  'birthFileNumber',
  'through',
  'from',
];

const brokenRow = (row: Row, random: SeededRandom): Row => {
  const names = Object.keys(row);
  const entries: [string, unknown][] = Object.entries({
    ...row,
    fileNumber: `2020-${random.below(40)}`,
  }).filter(([name]) => name !== 'fileNumber' || 'fileNumber' in row);
  // Some stay whole, so that what is broken comes between what is taken.
  for (let count = random.below(3); count > 0; count -= 1) {
    const change = random.below(3);
    const name = change === 2 ? random.pick(NAMES) : random.pick(names);
    const at = entries.findIndex(([known]) => known === name);
    if (at >= 0) entries.splice(at, 1);
    if (change > 0) entries.push([name, random.pick(VALUES)]);
  }
  return Object.fromEntries(entries);
};

const brokenText = (text: string, random: SeededRandom): string => {
  const at = random.below(text.length + 1);
  const change = random.below(4);
  if (change === 0) return text.slice(0, at);
  const more = random.pick(['"', ',', '\n', '\r', '{', '}', '\\', '\u0000', '\ufeff', ' ', 'ü']);
  return text.slice(0, at) + more + text.slice(change === 1 ? at : at + 1);
};

const csvCell = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csvOf = (rows: readonly Row[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) =>
    names.map((name) => (row[name] === undefined ? '' : csvCell(row[name]))).join(','),
  );
  return [names.map(csvCell).join(','), ...lines].join('\n');
};

/** A body of broken rows for either route, in either form. */
const rowsCase = (seed: number, roster: string): Case & { readonly count: number } => {
  const random = seededRandom(seed);
  const births = seed % 2 === 0;
  const ndjson = seed % 4 < 2;
  const count = 1 + random.below(MAX_ROWS_OF_BODY);
  const rows = Array.from({ length: count }, () => brokenRow(births ? BIRTH : ROSTER_ENTRY, random));
  let text = ndjson ? rows.map((row) => JSON.stringify(row)).join('\n') : csvOf(rows);
  if (random.below(3) === 0) text = brokenText(text, random);
  const bytes: Uint8Array = Buffer.from(text, 'utf8');
  return {
    seed,
    path: births ? '/births' : '/rosters',
    type: ndjson ? 'application/x-ndjson' : 'text/csv',
    as: births ? VITAL_RECORDS : roster,
    body: random.below(4) === 0 ? random.pick(BYTE_FAULTS)(bytes, random) : bytes,
    count,
  };
};

/** An ACK, or a batch of them: whole segments in their order, and nothing that breaks out of one. */
const ACKNOWLEDGMENT = /^(?:MSH MSA (?:ERR )*|FHS BHS (?:MSH MSA (?:ERR )*)*BTS FTS )$/;

const faultOfAcknowledgment = ({ headers, body }: Answer): string | undefined => {
  if (!/^application\/hl7-v2/.test(headers['content-type'] ?? '')) return 'another media type';
  const segments = body.split('\r');
  if (segments.pop() !== '') return 'no end';
  if (!ACKNOWLEDGMENT.test(segments.map((segment) => `${segment.split('|')[0]} `).join('')))
    return 'other segments';
  for (const control of ['\n', '\u0000', '\u000b', '\u001c'])
    if (body.includes(control)) return 'a control character';
  if (segments.some((segment) => segment.startsWith('MSA|') && !/^MSA\|A[AER]\|/.test(segment)))
    return 'no code';
  // Only what the sender's header says of itself comes back.
  if (segments.some((segment) => segment.startsWith('ERR|') && holdsMarker(segment))) return 'a value';
  return undefined;
};

const KNOWN_FIELDS = new Set([
  '',
  ...Object.keys(BIRTH),
  ...Object.keys(ROSTER_ENTRY),
  ...['replaces', 'birthFileNumber', 'deathDate', 'from', 'through'],
]);

interface UploadAnswer {
  readonly accepted: number;
  readonly rejected: number;
  readonly rows: readonly {
    readonly row: number;
    readonly status: string;
    readonly problems?: readonly { readonly field: string; readonly code: string }[];
  }[];
}

const faultOfUpload = (answer: Answer): string | undefined => {
  if (holdsMarker(answer.body)) return 'a value';
  const { accepted, rejected, rows } = answer.json() as UploadAnswer;
  if (accepted + rejected !== rows.length) return 'another count';
  for (const [index, { row, status, problems = [] }] of rows.entries()) {
    if (row !== index + 1) return 'rows out of order';
    if ((status === 'accepted') !== (problems.length === 0)) return 'a rejection without a reason';
    if (problems.some(({ field, code }) => !KNOWN_FIELDS.has(field) || !/^[a-z-]+$/.test(code)))
      return 'an unknown place or code';
  }
  return undefined;
};

const faultOfProblem = ({ status, headers, body }: Answer): string | undefined => {
  if (status < 400 || status >= 500) return `status ${status}`;
  if (status === 429) return 'a limit in the way';
  if (!/^application\/problem\+json/.test(headers['content-type'] ?? '')) return 'no problem';
  return holdsMarker(body) ? 'a value' : undefined;
};

describe('Mutated input', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;
  let roster: string;

  beforeAll(async () => {
    registry = await RegistryProcess.start({
      DATA_DIR: folder.path,
      EVENT_STORE: 'sqlite',
      LOG_LEVEL: 'info',
    });
    ({ key: roster } = await registerClient(registry, SCHOOL_ID, ['roster']));
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const residentKib = (): number => {
    const status = readFileSync(`/proc/${registry.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  };

  const MAX_FAILURES = 5;

  /** Sends all of them over some connections at once. @returns the cases that were answered as they must not be, and the answers by status */
  const sendAll = async <C extends Case>(
    seeds: readonly number[],
    caseOf: (seed: number) => C,
    faultOf: (answer: Answer) => string | undefined,
  ) => {
    const failures: object[] = [];
    const statuses: Record<number, number> = {};
    await inTurns(seeds, CONNECTIONS, async (seed) => {
      if (failures.length >= MAX_FAILURES) return;
      const { path, type, as, body } = caseOf(seed);
      const answer = await registry
        .request('POST', path, { as, body, headers: { 'content-type': type } })
        .catch((error: unknown) => error as Error);
      if (!(answer instanceof Error)) statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const fault =
        answer instanceof Error
          ? 'no answer'
          : INTERNALS.test(answer.body)
            ? 'internals'
            : answer.status === 200
              ? faultOf(answer)
              : faultOfProblem(answer);
      if (fault === undefined) return;
      const answered = answer instanceof Error ? answer.message : answer.body.slice(0, 500);
      failures.push({ seed, path, type, fault, answered, sent: Buffer.from(body).toString('latin1') });
    });
    return { failures, statuses };
  };

  it(`of ${MESSAGES} messages is each answered well, or refused`, async () => {
    const messages = [...ownMessages(), ...realMessages()];
    const { failures, statuses } = await sendAll(
      seedsOf(MESSAGES),
      (seed) => messageCase(seed, messages),
      faultOfAcknowledgment,
    );
    process.stderr.write(
      `fuzz: ${MESSAGES} messages from seed ${FIRST_SEED}, ${JSON.stringify(statuses)}, ${residentKib()} KiB\n`,
    );
    expect(failures).toEqual([]);
    expect(statuses[200]).toBeGreaterThan(MESSAGES * 0.9);
  });

  it(`of ${ROWS} rows is each answered well, or refused`, async () => {
    const counts = { accepted: 0, rejected: 0 };
    const seeds: number[] = [];
    for (let seed = FIRST_SEED, rows = 0; rows < ROWS; seed += 1) {
      rows += rowsCase(seed, roster).count;
      seeds.push(seed);
    }
    const { failures, statuses } = await sendAll(
      seeds,
      (seed) => rowsCase(seed, roster),
      (answer) => {
        const fault = faultOfUpload(answer);
        if (fault !== undefined) return fault;
        const { accepted, rejected } = answer.json() as UploadAnswer;
        counts.accepted += accepted;
        counts.rejected += rejected;
        return undefined;
      },
    );
    process.stderr.write(
      `fuzz: ${seeds.length} files of rows, ${JSON.stringify(statuses)}, ${JSON.stringify(counts)}, ${residentKib()} KiB\n`,
    );
    expect(failures).toEqual([]);
    // Broken rows came between good ones, which were taken all the same.
    expect(counts.accepted).toBeGreaterThan(ROWS / 10);
    expect(counts.rejected).toBeGreaterThan(ROWS / 10);
  });

  it('left the registry in order, of bounded size, and nothing of it in the output', async () => {
    const ready = await eventually(
      () => registry.request('GET', '/health/ready'),
      ({ status }) => status === 200,
      LONG ? 1_200_000 : 60_000,
    );
    expect(ready.status).toBe(200);
    const letters = await registry.request('GET', '/dead-letters', { as: ADMINISTRATOR });
    expect(letters.json()).toEqual({ deadLetters: [] });
    const good: VxuValues = {
      ...PERSON,
      controlId: 'FUZZ-LAST',
      mrn: 'FUZZ-LAST',
      family: `${FAMILY}last`,
      birthDate: '2013-03-03',
    };
    const ack = await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(good) });
    expect(acknowledgedAs(ack.body, good.controlId)).toBe('AA');
    await eventually(
      () =>
        registry.request('POST', '/persons/search', {
          as: LAKESIDE,
          purpose: 'treatment',
          json: { identifier: { authority: good.facility, value: good.mrn } },
        }),
      (answer) => answer.body.includes(good.lot),
    );
    expect(residentKib()).toBeLessThan(MOST_MEMORY_KIB);
    const lines = registry.printed.split('\n');
    expect(registry.printed).toContain('http.answered');
    expect(lines.filter(holdsMarker).slice(0, 5)).toEqual([]);
    expect(
      lines
        // Until its consumers have caught up a program says that it is not ready.
        .filter((line) => !line.includes('"route":"/health/ready"'))
        .filter((line) => /^\s+at |"level":50|"status":5\d\d|warning/i.test(line))
        .slice(0, 5),
    ).toEqual([]);
  });
});
