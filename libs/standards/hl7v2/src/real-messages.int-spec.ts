import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hl7Location, Hl7Problem } from './problem.js';
import { type Hl7Message, parseMessage } from './parse-message.js';
import {
  ANSWERS,
  REQUESTS,
  answerTo,
  bytesOf,
  filesOf,
  realMessagesAreThere,
} from './real-messages.fixture.js';

const areThere = realMessagesAreThere();
const suite = areThere ? describe : describe.skip;
const namesOf = (kind: string): string[] => (areThere ? filesOf(kind) : ['none']);

/** Values of PID that are long enough not to be a word's part by chance. */
const valuesOfPid = (text: string): string[] =>
  text
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('PID|'))
    .flatMap((line) => line.slice(4).split(/[|^~&]/))
    .map((value) => value.trim())
    .filter((value) => value.length > 2);

/** Whether a place is there; that something is missing can be said of a place in a segment that is. */
const exists = ({ segments }: Hl7Message, { code, location }: Hl7Problem): boolean => {
  if (!location) return true;
  const { field, repetition, component } = location;
  const segment = segments.find(
    ({ id, sequence }) => id === location.segment && sequence === location.sequence,
  );
  if (!segment) return code === '100' && location.segment === 'PID';
  return (
    field === undefined || code === '101' || segment.position(field, repetition, component) !== undefined
  );
};

suite.each(REQUESTS)('real messages: %s', (kind) => {
  it.each(namesOf(kind))('%s gets a well-formed answer without a value of PID', (file) => {
    const { text, message, reading, answer } = answerTo(bytesOf(file), ['P', 'T', 'D']);

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
    expect(reading.problems.filter((problem) => !exists(message, problem))).toEqual([]);

    const written = errors.map(({ raw }) => raw).join('\r');
    const words = new Set(written.split(/[^\w-]+/));
    expect(
      valuesOfPid(text).filter((value) => words.has(value) || (value.length > 5 && written.includes(value))),
    ).toEqual([]);

    expect(reading.outcome === 'rejected').toBe(reading.vxu === undefined);
    expect(reading.problems.some(({ severity }) => severity === 'E')).toBe(reading.outcome !== 'accepted');
    expect(answerTo(bytesOf(file), ['P', 'T', 'D']).answer).toBe(answer);
  });

  it('are answered as before', () => {
    const counts: Record<string, number> = {};
    for (const file of namesOf(kind)) {
      const { outcome, acknowledgmentCode } = answerTo(bytesOf(file), ['P', 'T', 'D']).reading;
      const key = `${acknowledgmentCode} ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    expect(counts).toEqual(EXPECTED[kind]);
  });
});

/** Of 157, 52 and 22 files. What is not VXU^V04 of a supported version is refused. */
const EXPECTED: Record<(typeof REQUESTS)[number], Record<string, number>> = {
  vxu: { 'AA accepted': 78, 'AE accepted-with-errors': 24, 'AE rejected': 28, 'AR rejected': 27 },
  qbp: { 'AR rejected': 52 },
  other: { 'AR rejected': 22 },
};

suite('published answers', () => {
  const controlIdOf = (file: string): string =>
    parseMessage(answerTo(bytesOf(file)).text).header?.value(10) ?? '';
  const requestsById = (): Map<string, string[]> => {
    const byId = new Map<string, string[]>();
    for (const file of REQUESTS.flatMap(namesOf)) {
      const id = controlIdOf(file);
      if (id !== '') byId.set(id, [...(byId.get(id) ?? []), file]);
    }
    return byId;
  };
  const published = (
    file: string,
  ): { readonly code: string; readonly of: string; readonly places: string[] } => {
    const { segments } = parseMessage(answerTo(bytesOf(file)).text);
    const msa = segments.find(({ id }) => id === 'MSA');
    const places = segments
      .filter(({ id }) => id === 'ERR')
      .map((error) => `${error.value(4)} ${error.value(2, 1)}-${error.value(2, 3)}`);
    return { code: msa?.value(1) ?? '', of: msa?.value(2) ?? '', places };
  };

  it('can be compared where they answer one message of the set, and differ as docs/hl7.md says', () => {
    const byId = requestsById();
    const compared = ANSWERS.flatMap(namesOf).flatMap((answer) => {
      const { code, of, places } = published(answer);
      const requests = byId.get(of) ?? [];
      const [request] = requests;
      if (request === undefined || requests.length > 1 || !request.startsWith('vxu')) return [];
      const { reading } = answerTo(bytesOf(request));
      const ours = reading.problems.map(({ severity, location }) => {
        return `${severity} ${location?.segment ?? ''}-${location?.field ?? ''}`;
      });
      return [{ answer, request, theirs: [code, ...places], ours: [reading.acknowledgmentCode, ...ours] }];
    });
    expect(compared).toEqual([
      {
        answer: 'ack-013',
        request: 'vxu-060',
        theirs: ['AE', 'W RXR-2', 'W RXR-2'],
        ours: ['AA', 'W MSH-2'],
      },
      { answer: 'ack-016', request: 'vxu-066', theirs: ['AE'], ours: ['AA', 'W MSH-2'] },
    ]);
  });
});

/** Rows of the tables of defects that name an example. */
const documented = readFileSync(join(__dirname, '../../../../docs/hl7.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, defect = '', place = '', codes = '', severity = '', msa1 = '', , example = '']) =>
    /^(?:vxu|qbp|other)-\d{3}$/.test(example) && /^[EWI]$/.test(severity)
      ? [{ defect, place, codes, severity, msa1, example }]
      : [],
  );

suite('docs/hl7.md', () => {
  const GRAVITY = ['AA', 'AE', 'AR'];
  const placeOf = ({ segment, field }: Partial<Hl7Location>): string =>
    `${segment ?? ''}${field === undefined ? '' : `-${field}`}`;

  it('has examples', () => {
    expect(documented.length).toBeGreaterThan(40);
  });

  it.each(documented)('$example: $defect', ({ place, codes, severity, msa1, example }) => {
    const { reading } = answerTo(bytesOf(example), ['P', 'T']);
    const found = reading.problems.map((problem) => ({
      place: placeOf(problem.location ?? {}),
      codes: [problem.code, problem.applicationCode].filter((code) => code !== undefined).join(', '),
      severity: problem.severity,
    }));
    expect(found).toContainEqual({ place, codes, severity });
    // Another defect of the message may be graver.
    expect(GRAVITY.indexOf(reading.acknowledgmentCode)).toBeGreaterThanOrEqual(GRAVITY.indexOf(msa1));
  });
});
