import { acknowledgeBatch } from './acknowledge-batch.js';
import { acknowledge } from './acknowledge.js';
import { parseMessage } from './parse-message.js';
import { readBatch } from './read-batch.js';
import { readVxu } from './read-vxu.js';
import { sampleWith } from './sample-vxu.fixture.js';

const ENVELOPE = { controlId: 'ACK-1', sentAt: '2026-01-15T08:00:00Z' };
const FHS = 'FHS|^~\\&|EHR|CLINIC^1.2^ISO|MIIC|MDH|20260110|||c|F-1\r';
const BHS = 'BHS|^~\\&|EHR|CLINIC|MIIC|MDH|20260110|||c|B-1\r';

const answerTo = (text: string, limits = {}): string[] => {
  const batch = readBatch(text, limits);
  const acknowledgments = batch.messages.map((one) => {
    const message = parseMessage(one);
    return acknowledge(message, readVxu(message, { receivedOn: '2026-01-15' }), ENVELOPE);
  });
  const answer = acknowledgeBatch(batch, acknowledgments, ENVELOPE);
  expect(answer.endsWith('\r')).toBe(true);
  return answer.slice(0, -1).split('\r');
};

const one = sampleWith(['MSH', 10, 'ONE']);
const two = sampleWith(['MSH', 10, 'TWO'], ['PID', 7, '']);

describe('acknowledgeBatch', () => {
  it('answers each message in its order, in an envelope that refers to the one sent', () => {
    const answer = answerTo(`${FHS}${BHS}${one}${two}BTS|2\rFTS|1\r`);
    expect(answer.filter((line) => !line.startsWith('ERR') && !line.startsWith('MSH'))).toEqual([
      'FHS|^~\\&|MIIC|MDH|EHR|CLINIC^1.2^ISO|20260115080000+0000||||ACK-1|F-1',
      'BHS|^~\\&|MIIC|MDH|EHR|CLINIC|20260115080000+0000||||ACK-1|B-1',
      'MSA|AA|ONE',
      'MSA|AE|TWO',
      'BTS|2',
      'FTS|1',
    ]);
    expect(answer[2]).toMatch(/^MSH\|/);
  });

  it('answers a batch without a file, and messages without an envelope, by a file too', () => {
    expect(answerTo(`${BHS}${one}BTS|1\r`)[0]).toMatch(/^FHS.*\|EHR\|CLINIC\|.*\|B-1$/);
    const bare = answerTo(one + two);
    expect(bare.slice(0, 2)).toEqual([
      'FHS|^~\\&|||||20260115080000+0000||||ACK-1',
      'BHS|^~\\&|||||20260115080000+0000||||ACK-1',
    ]);
    expect(bare.slice(-2)).toEqual(['BTS|2', 'FTS|1']);
  });

  it('says in BTS-2 what is wrong with the envelope', () => {
    expect(answerTo(`${BHS}${one}junk\rBTS|7\rjunk|x\r`).slice(-2)).toEqual([
      'BTS|1|The count of messages is wrong. Lines stand outside of the messages; they were not read.',
      'FTS|1',
    ]);
  });

  it('answers what is no batch by the acknowledgment alone', () => {
    expect(answerTo(one)).toHaveLength(2);
    expect(answerTo('')[1]).toBe('MSA|AR|');
  });

  it('refuses a batch that cannot be processed by one ACK', () => {
    expect(answerTo(`${FHS}${BHS}${one}${two}BTS|2\rFTS|1\r`, { maxMessages: 1 })).toEqual([
      'MSH|^~\\&|MIIC|MDH|EHR|CLINIC|20260115080000+0000||ACK^V04^ACK|ACK-1|P|2.5.1|||NE|NE|||||Z23^CDCPHINVS',
      'MSA|AR|B-1',
      'ERR|||207^Application internal error^HL70357|E||||The batch has too many messages; none was taken.',
    ]);
    expect(answerTo('FHS')[1]).toBe('MSA|AR|');
  });

  it('wants an answer to each message', () => {
    expect(() => acknowledgeBatch(readBatch(one + two), ['x'], ENVELOPE)).toThrow(RangeError);
  });
});
