import { acknowledgeBatch } from './acknowledge-batch.js';
import { MAX_ERRORS, acknowledge } from './acknowledge.js';
import { decodeMessage } from './decode-message.js';
import { type Hl7Message, parseMessage } from './parse-message.js';
import { readBatch } from './read-batch.js';
import { type VxuReading, readVxu } from './read-vxu.js';
import { bytesOf, filesOf, realMessagesAreThere } from './real-messages.fixture.js';
import { SAMPLE, asMessage } from './sample-vxu.fixture.js';
import { mutateMessage } from './testing/index.js';

const MUTATIONS = process.env['LONG_TESTS'] === '1' ? 100_000 : 1_000;
const ENVELOPE = { controlId: 'ACK-1', sentAt: '2026-01-15T08:00:00Z' };
/** In a field of every kind of segment, and in no sentence of ours. */
const MARKER = 'Zqxjkvbp';

jest.setTimeout(1_200_000);

interface Answer {
  readonly whole: string;
  readonly parts: readonly { message: Hl7Message; reading: VxuReading; answer: string }[];
}

/** What stores take: well-formed Unicode without zero characters. */
const isStorable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

const answerTo = (bytes: Uint8Array): Answer => {
  const { text, problems } = decodeMessage(bytes);
  expect(isStorable(text)).toBe(true);
  const batch = readBatch(text);
  const parts = batch.messages.map((one) => {
    const message = parseMessage(one, undefined, problems);
    const reading = readVxu(message, { receivedOn: '2026-01-15' });
    return { message, reading, answer: acknowledge(message, reading, ENVELOPE) };
  });
  const answers = parts.map(({ answer }) => answer);
  return { whole: acknowledgeBatch(batch, answers, ENVELOPE), parts };
};

/** The sample, with the marker in values that no ACK echoes. */
const SEED_MESSAGES: readonly string[] = [
  asMessage(SAMPLE),
  asMessage(SAMPLE)
    .replaceAll('Testperson', MARKER)
    .replaceAll('LOT1', MARKER)
    .replaceAll('Medicaid', MARKER),
  ...(realMessagesAreThere()
    ? filesOf('vxu')
        .filter((_, index) => index % 10 === 0)
        .map((file) => decodeMessage(bytesOf(file)).text)
    : []),
];

const check = (seed: number): void => {
  const original = SEED_MESSAGES[seed % SEED_MESSAGES.length] ?? '';
  const bytes = mutateMessage(original, seed);
  const { whole, parts } = answerTo(bytes);
  expect(answerTo(bytes).whole).toBe(whole);
  expect(whole).toMatch(/^(?:MSH|FHS)\|\^~\\&\|/);
  for (const control of ['\n', '\u0000', '\u000b', '\u001c']) expect(whole).not.toContain(control);
  for (const { message, reading, answer } of parts) {
    const parsed = parseMessage(answer);
    expect(parsed.fault).toBeUndefined();
    expect(parsed.problems).toEqual([]);
    expect(parsed.segments.map(({ id }) => id)).toEqual([
      'MSH',
      'MSA',
      ...reading.problems.slice(0, MAX_ERRORS + 1).map(() => 'ERR'),
    ]);
    expect(parsed.segments[1]?.value(1)).toBe(reading.acknowledgmentCode);
    expect(reading.problems.some(({ severity }) => severity === 'E')).toBe(reading.outcome !== 'accepted');
    for (const error of parsed.segments.slice(2)) {
      expect(error.value(8)).not.toContain(MARKER);
      expect(KNOWN_SENTENCE.test(error.value(8))).toBe(true);
      expect(error.value(7)).toBe('');
    }
    expect(message.segments.length).toBeLessThanOrEqual(2_000);
    expect(textsOf(reading.vxu).every(isStorable)).toBe(true);
  }
};

/** ERR-8 is one of our sentences: a capital, small letters, a full stop; numbers only of lines and of the guide. */
const KNOWN_SENTENCE = /^(?:[A-Z][A-Za-z0-9 ,;()'.-]+)\.$/;

describe('messages broken in random ways', () => {
  it(`are each answered, always in the same way and without a value of theirs (${MUTATIONS})`, () => {
    for (let seed = 0; seed < MUTATIONS; seed += 1) {
      try {
        check(seed);
      } catch (error) {
        throw new Error(`Seed ${seed}.`, { cause: error });
      }
    }
  });
});
