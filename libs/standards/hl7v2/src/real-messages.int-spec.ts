import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { acknowledge } from './acknowledge.js';
import { parseMessage } from './parse-message.js';
import { type VxuReading, readVxu } from './read-vxu.js';

const REPOSITORY = resolve(__dirname, '../../../..');
const FOLDER = join(resolve(REPOSITORY, process.env['SHARED_DATA'] ?? '../shared/data'), 'hl7');
const KINDS = ['vxu', 'qbp', 'other'] as const;
const CONTEXT = { receivedOn: '2026-01-15', acceptedProcessingIds: ['P', 'T', 'D'] };
const ENVELOPE = { controlId: 'ACK-1', sentAt: '2026-01-15T08:00:00Z' };

const isThere = KINDS.every((kind) => existsSync(join(FOLDER, kind)));
if (!isThere)
  process.stderr.write(`\nSKIPPED: no messages in ${FOLDER}; set SHARED_DATA to the folder that has hl7/.\n`);
const suite = isThere ? describe : describe.skip;

interface Answered {
  readonly text: string;
  readonly reading: VxuReading;
  readonly answer: string;
}

const answered = (kind: string, file: string): Answered => {
  const text = readFileSync(join(FOLDER, kind, file), 'utf8');
  const message = parseMessage(text);
  const reading = readVxu(message, CONTEXT);
  return { text, reading, answer: acknowledge(message, reading, ENVELOPE) };
};

const filesOf = (kind: string): string[] => (isThere ? readdirSync(join(FOLDER, kind)).sort() : ['none']);

/** Values of PID that are long enough not to be a word's part by chance. */
const valuesOfPid = (text: string): string[] =>
  text
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('PID|'))
    .flatMap((line) => line.slice(4).split(/[|^~&]/))
    .map((value) => value.trim())
    .filter((value) => value.length > 2);

suite.each(KINDS)('real messages: %s', (kind) => {
  it.each(filesOf(kind))('%s gets a well-formed answer without a value of PID', (file) => {
    const { text, reading, answer } = answered(kind, file);

    const parsed = parseMessage(answer);
    expect(parsed.fault).toBeUndefined();
    expect(parsed.problems).toEqual([]);
    const [msh, msa, ...errors] = parsed.segments;
    expect(parsed.segments.map(({ id }) => id)).toEqual(['MSH', 'MSA', ...reading.problems.map(() => 'ERR')]);
    expect([1, 2, 3].map((component) => msh?.value(9, component))).toEqual(['ACK', 'V04', 'ACK']);
    expect([msh?.value(10), msh?.value(12), msh?.value(21)]).toEqual(['ACK-1', '2.5.1', 'Z23']);
    expect(msa?.value(1)).toBe(reading.acknowledgmentCode);
    expect(msa?.value(2)).toBe(parseMessage(text).header?.value(10).trim());
    for (const error of errors) {
      expect(error.value(3, 3)).toBe('HL70357');
      expect(['E', 'W', 'I']).toContain(error.value(4));
      expect(error.value(7)).toBe('');
      expect(error.value(8)).not.toBe('');
    }

    const written = errors.map(({ raw }) => raw).join('\r');
    const words = new Set(written.split(/[^\w-]+/));
    expect(
      valuesOfPid(text).filter((value) => words.has(value) || (value.length > 5 && written.includes(value))),
    ).toEqual([]);

    expect(reading.outcome === 'rejected').toBe(reading.vxu === undefined);
    expect(reading.problems.some(({ severity }) => severity === 'E')).toBe(reading.outcome !== 'accepted');
    expect(answered(kind, file).answer).toBe(answer);
  });

  it('are answered as before', () => {
    const counts: Record<string, number> = {};
    for (const file of filesOf(kind)) {
      const { outcome, acknowledgmentCode } = answered(kind, file).reading;
      const key = `${acknowledgmentCode} ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    expect(counts).toEqual(EXPECTED[kind]);
  });
});

/** Of 157, 52 and 22 files. What is not VXU^V04 of a supported version is refused. */
const EXPECTED: Record<(typeof KINDS)[number], Record<string, number>> = {
  vxu: { 'AA accepted': 80, 'AE accepted-with-errors': 22, 'AE rejected': 28, 'AR rejected': 27 },
  qbp: { 'AR rejected': 52 },
  other: { 'AR rejected': 22 },
};
