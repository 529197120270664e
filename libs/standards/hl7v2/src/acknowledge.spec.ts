import { acknowledge } from './acknowledge.js';
import { parseMessage } from './parse-message.js';
import { hl7Problem } from './problem.js';
import { read, sampleWith } from './sample-vxu.fixture.js';

const ENVELOPE = { controlId: 'ACK-1', sentAt: '2026-01-15T08:00:00.250Z' };

const answerTo = (text: string): string[] => {
  const answer = acknowledge(parseMessage(text), read(text), ENVELOPE);
  expect(answer.endsWith('\r')).toBe(true);
  expect(answer).not.toContain('\n');
  return answer.slice(0, -1).split('\r');
};

describe('acknowledge', () => {
  it('answers a message that was taken', () => {
    expect(answerTo(sampleWith())).toEqual([
      'MSH|^~\\&|MIIC|MDH|EHR|CLINIC^1.2.3^ISO|20260115080000+0000||ACK^V04^ACK|ACK-1|P|2.5.1|||NE|NE|||||Z23^CDCPHINVS',
      'MSA|AA|MSG-1',
    ]);
  });

  it('says at which place what was lost', () => {
    const text = sampleWith(['PID', 5, 'Testperson^Ada~^Ada'], ['RXA', 3, '20260116'], ['OBX#3', 5, '']);
    expect(answerTo(text).slice(1)).toEqual([
      'MSA|AE|MSG-1',
      'ERR||PID^1^5^2^1|101^Required field missing^HL70357|E|7^Required data missing^HL70533|||The name lacks family or given name; it was not taken.',
      'ERR||RXA^1^3|207^Application internal error^HL70357|E|1^Illogical Date error^HL70533|||The date of administration is in the future; it was not taken.',
      'ERR||RXA^1|207^Application internal error^HL70357|E|8^Data was ignored^HL70533|||The order was not taken.',
      'ERR||OBX^3^5|101^Required field missing^HL70357|E|7^Required data missing^HL70533|||The observation has no value; it was not taken.',
    ]);
  });

  it('refuses what is not supported', () => {
    expect(answerTo(sampleWith(['MSH', 11, 'D'])).slice(1)).toEqual([
      'MSA|AR|MSG-1',
      'ERR||MSH^1^11^1^1|202^Unsupported processing id^HL70357|E||||This processing id is not accepted here.',
    ]);
    expect(answerTo(sampleWith(['MSH', 11, 'D']))[0]).toContain('|ACK-1|D|2.5.1|');
  });

  it('answers with AR and what is known when the message cannot be read', () => {
    expect(answerTo('')).toEqual([
      'MSH|^~\\&|||||20260115080000+0000||ACK^V04^ACK|ACK-1|P|2.5.1|||NE|NE|||||Z23^CDCPHINVS',
      'MSA|AR|',
      'ERR|||100^Segment sequence error^HL70357|E||||The message does not begin with an MSH segment.',
    ]);
    const [msh, msa] = answerTo('MSH|EHR|App|Fac|To|At|20260101||VXU^V04|ID-7|P|2.5.1\rPID|1\r');
    expect(msh).toContain('|To|At|App|Fac|');
    expect(msa).toBe('MSA|AR|ID-7');
  });

  it('answers types that are not supported', () => {
    for (const type of ['QBP^Q11^QBP_Q11', 'ADT^A08', 'ORU^R01', 'XXX', 'ACK^V04^ACK']) {
      expect(answerTo(sampleWith(['MSH', 9, type])).slice(1)).toEqual([
        'MSA|AR|MSG-1',
        'ERR||MSH^1^9^1^1|200^Unsupported message type^HL70357|E||||This message type is not supported.',
      ]);
    }
  });

  it('rewrites echoed fields in its own delimiters', () => {
    const [msh, msa] = answerTo('MSH#*~!$#A|B*1.2$x#F!E!a!F!b#####VXU*V04#ID^7!S!#P#2.5.1\r');
    expect(msh?.split('|').slice(4, 6)).toEqual(['A\\F\\B^1.2&x', 'F!a#b']);
    expect(msa).toBe('MSA|AE|ID\\S\\7*');
  });

  it('escapes what would break its own segments', () => {
    const [msh, msa, ...rest] = answerTo(
      sampleWith(['MSH', 3, 'A\\X0D\\MSA\\F\\AA'], ['MSH', 10, 'a\\b\\T\\\\R\\']),
    );
    expect(rest).toEqual([]);
    expect(msh?.split('|')[4]).toBe('A\\X0D\\MSA\\F\\AA');
    expect(msa).toBe('MSA|AA|a\\E\\b\\T\\\\R\\');
    const answer = acknowledge(parseMessage(''), read(''), { ...ENVELOPE, controlId: 'x|y' });
    expect(parseMessage(answer).header?.value(10)).toBe('x|y');
  });

  it('does not echo what no header field can hold', () => {
    const [msh, msa] = answerTo(sampleWith(['MSH', 3, 'x'.repeat(228)], ['MSH', 10, 'y'.repeat(200)]));
    expect(msh?.split('|')[4]).toBe('');
    expect(msa).toBe('MSA|AE|');
  });

  it('places a problem down to its sub-component, and escapes its text', () => {
    const location = { segment: 'PID', sequence: 1, field: 3, repetition: 2, component: 4, subcomponent: 1 };
    const problems = [hl7Problem('W', 'unknown-code', location, 'A|B')];
    const answer = acknowledge(parseMessage(''), { acknowledgmentCode: 'AA', problems }, ENVELOPE);
    expect(answer.split('\r')[2]).toBe(
      'ERR||PID^1^3^2^4^1|103^Table value not found^HL70357|W|5^Table value not found^HL70533|||A\\F\\B',
    );
  });

  it('names two hundred problems at most, the gravest, and says that there are more', () => {
    const location = { segment: 'OBX', sequence: 1, field: 5 };
    const warnings = Array.from({ length: 250 }, () => hl7Problem('W', 'invalid-value', location, 'w'));
    const error = hl7Problem('E', 'invalid-value', location, 'e');
    const answer = acknowledge(
      parseMessage(''),
      { acknowledgmentCode: 'AE', problems: [...warnings, error] },
      ENVELOPE,
    );
    const errors = parseMessage(answer).segments.slice(2);
    expect(errors).toHaveLength(201);
    expect(errors[199]?.value(8)).toBe('e');
    expect([4, 8].map((field) => errors[200]?.value(field))).toEqual([
      'W',
      'More problems were found than are named here.',
    ]);
    const few = { acknowledgmentCode: 'AA', problems: warnings.slice(0, 200) } as const;
    expect(parseMessage(acknowledge(parseMessage(''), few, ENVELOPE)).segments).toHaveLength(202);
  });

  it('is a function of its arguments', () => {
    const text = sampleWith(['PID', 8, 'female'], ['RXA', 3, '']);
    expect(answerTo(text)).toEqual(answerTo(text));
    expect(() => acknowledge(parseMessage(text), read(text), { ...ENVELOPE, sentAt: 'now' })).toThrow(
      RangeError,
    );
  });
});
