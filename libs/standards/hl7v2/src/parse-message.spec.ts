import fc from 'fast-check';
import { acknowledge } from './acknowledge.js';
import { type Hl7Message, parseMessage } from './parse-message.js';
import { readVxu } from './read-vxu.js';
import { SAMPLE, asMessage } from './sample-vxu.fixture.js';

const ids = (message: Hl7Message): string => message.segments.map(({ id }) => id).join(' ');

describe('parseMessage', () => {
  it.each([
    ['CR', '\r'],
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['blank lines', '\r\r \r'],
  ])('takes %s between segments', (_, terminator) => {
    const message = parseMessage(`MSH|^~\\&|A${terminator}PID|1${terminator}NK1|1`);
    expect(message.fault).toBeUndefined();
    expect(message.problems).toEqual([]);
    expect(ids(message)).toBe('MSH PID NK1');
  });

  it('takes a byte order mark, MLLP framing and white space around the message', () => {
    const message = parseMessage('\ufeff\u000b\r\n MSH|^~\\&|A\rPID|1\r\u001c\r');
    expect(message.problems).toEqual([]);
    expect(ids(message)).toBe('MSH PID');
    expect(message.segments[1]?.value(1)).toBe('1');
  });

  it('reads MSH by its own numbering', () => {
    const { header } = parseMessage('MSH|^~\\&|App|Fac\r');
    expect([1, 2, 3, 4, 5].map((field) => header?.value(field))).toEqual(['|', '^~\\&', 'App', 'Fac', '']);
  });

  it('reads repetitions, components and sub-components', () => {
    const pid = parseMessage(asMessage(SAMPLE)).segments[1];
    expect(pid?.field(3).repetitions.map((one) => one.value())).toEqual(['MRN-1', 'S-2']);
    expect(pid?.value(3, 4, 2)).toBe('1.2.3');
    expect(pid?.value(3, 4, 1, 2)).toBe('SSA');
    expect(pid?.value(3, 4, 2, 2)).toBe('');
    expect(pid?.value(5, 1)).toBe('Testperson');
    expect(pid?.value(99, 1)).toBe('');
  });

  it('uses other delimiters when they are declared', () => {
    const message = parseMessage('MSH#*!%$#A*1.2$x\rPID#1##a!b%T%*c\r');
    expect(message.header?.value(3, 2, 2)).toBe('x');
    expect(message.segments[1]?.value(3, 1, 1, 2)).toBe('b$');
    expect(message.problems).toMatchObject([{ severity: 'W', location: { segment: 'MSH', field: 2 } }]);
  });

  it('reads past a doubled escape character, with a warning', () => {
    const message = parseMessage('MSH|^~\\\\&|A^1.2&x\r');
    expect(message.delimiters.subcomponent).toBe('&');
    expect(message.header?.value(3, 2, 2)).toBe('x');
    expect(message.problems).toMatchObject([
      { severity: 'W', code: '102', location: { segment: 'MSH', field: 2 } },
    ]);
  });

  it('reports lines that are no segments, without their content', () => {
    const message = parseMessage('MSH|^~\\&|A\rPID|1\rrest of a text|x\rpid|2\rPIDX|1\rZZZ\r');
    expect(ids(message)).toBe('MSH PID ZZZ');
    expect(message.problems.map((problem) => problem.message)).toEqual([
      'Line 3 is not a segment; it was not read.',
      'Line 4 is not a segment; it was not read.',
      'Line 5 is not a segment; it was not read.',
    ]);
  });

  it('counts the segments of one name', () => {
    const message = parseMessage('MSH|^~\\&\rOBX|7\rNTE|1\rOBX|7\r');
    expect(message.segments.map(({ id, sequence }) => `${id}${sequence}`)).toEqual([
      'MSH1',
      'OBX1',
      'NTE1',
      'OBX2',
    ]);
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \r\n'],
    ['no MSH', 'PID|1\r'],
    ['MSH alone', 'MSH'],
    ['no encoding characters', 'MSH|'],
    ['truncated encoding characters', 'MSH|^~'],
    ['letters as encoding characters', 'MSH|EHR|CLINIC\r'],
    ['a letter as field separator', 'MSHA^~\\&A\r'],
  ])('finds %s a fault', (_, text) => {
    expect(parseMessage(text).fault).toMatchObject({ severity: 'E' });
  });

  it('keeps what MSH says of a message that it cannot use', () => {
    const { header, fault } = parseMessage('MSH|EHR|App|Fac|||||VXU^V04|ID-7|P\rPID|1\r');
    expect(fault).toMatchObject({ code: '102', location: { segment: 'MSH', sequence: 1, field: 2 } });
    expect(header?.value(10)).toBe('ID-7');
  });

  it('refuses a message over its limits', () => {
    const text = `MSH|^~\\&|A||||||VXU^V04|ID-8\r${'OBX|1\r'.repeat(5)}`;
    expect(parseMessage(text, { maxSegments: 6 }).fault).toBeUndefined();
    const tooMany = parseMessage(text, { maxSegments: 5 });
    expect(tooMany.fault).toMatchObject({ code: '207', message: 'The message has too many segments.' });
    expect(ids(tooMany)).toBe('MSH');
    const tooLong = parseMessage(text, { maxLength: text.length - 1 });
    expect(tooLong.fault).toMatchObject({ code: '207', message: 'The message is too long.' });
    expect(tooLong.header?.value(10)).toBe('ID-8');
    expect(parseMessage(text, { maxLength: text.length }).fault).toBeUndefined();
  });

  it('reads no more repetitions than allowed, and says so', () => {
    const field = parseMessage('MSH|^~\\&\rPID|1||a~b~c\r', { maxRepetitions: 2 }).segments[1]?.field(3);
    expect(field?.repetitions.map(({ raw }) => raw)).toEqual(['a', 'b']);
    expect(field?.exceedsRepetitions).toBe(true);
    expect(
      parseMessage('MSH|^~\\&\rPID|1||a~b\r', { maxRepetitions: 2 }).segments[1]?.field(3).exceedsRepetitions,
    ).toBe(false);
  });

  it('reads no more components and sub-components than allowed', () => {
    const limits = { maxComponents: 3, maxSubcomponents: 2 };
    const pid = parseMessage('MSH|^~\\&\rPID|1||a^b&c&d^e^f\r', limits).segments[1];
    expect([1, 2, 3, 4].map((component) => pid?.value(3, component))).toEqual(['a', 'b', 'e', '']);
    expect([1, 2, 3].map((subcomponent) => pid?.value(3, 2, subcomponent))).toEqual(['b', 'c', '']);
    expect(parseMessage('MSH|^~\\&\rPID|1||a^b^c\r', limits).segments[1]?.value(3, 3)).toBe('c');
  });

  it('takes a megabyte in linear time', () => {
    const million = (unit: string): string => unit.repeat(Math.floor(1_000_000 / unit.length));
    const filler = [
      `OBX|${million('|')}\r`,
      ...['~', '^', '&', '\\', '\\x', ' ', '"'].map((unit) => `PID|1||${million(unit)}|\r`),
      `PID|1||1||\\X${million('41')}\\^A\r`,
      million('\n'),
      million('OBX|1\r'),
    ];
    for (const text of filler) {
      const started = performance.now();
      const message = parseMessage(`MSH|^~\\&|A||||20260101||VXU^V04|1|P|2.5.1\r${text}`);
      readVxu(message, { receivedOn: '2026-01-15' });
      // Generous: it takes some ten milliseconds. What it must not be is quadratic.
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });

  it('never throws, whatever bytes come, and always has an answer', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const decoded = fc.oneof(
      bytes.map((some) => Buffer.from(some).toString('utf8')),
      bytes.map((some) => Buffer.from(some).toString('latin1')),
    );
    const hl7Like = fc
      .array(
        fc.constantFrom(
          'MSH|^~\\&|',
          'MSH|',
          'PID|',
          'RXA|',
          'ORC|',
          'OBX|',
          '\r',
          '\n',
          '|',
          '^',
          '&',
          '~',
          '\\',
          'X',
          '20250101',
          '""',
        ),
      )
      .map((parts) => parts.join(''));
    const broken = fc
      .tuple(fc.nat(asMessage(SAMPLE).length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 8 }))
      .map(([at, cut, inserted]) => {
        const text = asMessage(SAMPLE);
        return text.slice(0, at) + inserted + text.slice(at + cut);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          decoded,
          hl7Like,
          hl7Like.map((text) => `MSH|^~\\&|${text}`),
          broken,
        ),
        (text) => {
          const message = parseMessage(text);
          const reading = readVxu(message, { receivedOn: '2026-01-15' });
          const answer = parseMessage(
            acknowledge(message, reading, { controlId: 'A', sentAt: '2026-01-15T00:00:00Z' }),
          );
          expect(answer.fault).toBeUndefined();
          expect(answer.problems).toEqual([]);
          expect(answer.segments[1]?.id).toBe('MSA');
          expect(answer.segments).toHaveLength(2 + Math.min(reading.problems.length, 201));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('positions', () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', '.'), maxLength: 4 });
  const component = fc.array(value, { minLength: 1, maxLength: 3 });
  const repetition = fc.array(component, { minLength: 1, maxLength: 3 });
  const field = fc.array(repetition, { minLength: 1, maxLength: 3 });
  const segment = fc.array(field, { minLength: 1, maxLength: 6 });
  const join = (fields: string[][][][]): string =>
    fields
      .map((reps) => reps.map((comps) => comps.map((subs) => subs.join('&')).join('^')).join('~'))
      .join('|');

  it('point at exactly what was read', () => {
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('\r', '\n', '\r\n'),
        (rows, end) => {
          const text = ['MSH|^~\\&|A', ...rows.map((row) => `ZZZ|${join(row)}|z`), 'ZZZ|end'].join(end);
          const message = parseMessage(text);
          rows.forEach((row, index) => {
            const read = message.segments[index + 1];
            row.forEach((reps, f) =>
              reps.forEach((comps, r) =>
                comps.forEach((subs, c) =>
                  subs.forEach((sub, s) => {
                    const span = read?.position(f + 1, r + 1, c + 1, s + 1);
                    expect(span && text.slice(span.start, span.end)).toBe(sub);
                    expect(read?.value(f + 1, c + 1, s + 1, r + 1)).toBe(sub);
                  }),
                ),
              ),
            );
          });
        },
      ),
    );
  });

  it('follow the numbering of MSH, and are undefined where nothing was sent', () => {
    const text = 'MSH|^~\\&|App^1.2&x|Fac\rPID|1\r';
    const message = parseMessage(text);
    const at = (...place: [number, number?, number?, number?]): string | undefined => {
      const span = message.header?.position(...place);
      return span && text.slice(span.start, span.end);
    };
    expect([at(0), at(1), at(2), at(3), at(4)]).toEqual(['MSH', '|', '^~\\&', 'App^1.2&x', 'Fac']);
    expect([at(1, 1), at(2, 1), at(3, 1, 2, 2)]).toEqual(['|', '^~\\&', 'x']);
    expect([at(5), at(3, 2), at(3, 1, 3), at(3, 0)]).toEqual([undefined, undefined, undefined, undefined]);
    const pid = message.segments[1];
    expect(pid && text.slice(pid.start, pid.end)).toBe('PID|1');
  });
});
