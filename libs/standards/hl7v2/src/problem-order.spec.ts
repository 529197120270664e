import { parseMessage } from './parse-message.js';
import { inOrderOfMessage } from './problem-order.js';
import { type Hl7Location, hl7Problem } from './problem.js';

const { segments } = parseMessage('MSH|^~\\&\rPID|1\rORC|RE\rRXA|0\rORC|RE\rRXA|0\r');
const order = (...locations: (Hl7Location | undefined)[]): (Hl7Location | undefined)[] =>
  inOrderOfMessage(
    locations.map((location) => hl7Problem('E', 'field-missing', location, 'x')),
    segments,
  ).map(({ location }) => location);

describe('the order of problems', () => {
  it('is that of the segments, whatever their names', () => {
    const rxa = { segment: 'RXA', sequence: 1 };
    const secondOrc = { segment: 'ORC', sequence: 2 };
    const pid = { segment: 'PID', sequence: 1 };
    expect(order(secondOrc, rxa, pid)).toEqual([pid, rxa, secondOrc]);
  });

  it('is that of fields, repetitions and components, and the whole comes behind its parts', () => {
    const at = (field?: number, repetition?: number, component?: number): Hl7Location => ({
      segment: 'PID',
      sequence: 1,
      field,
      repetition,
      component,
    });
    const expected = [at(3, 1, 4), at(3, 1, 5), at(3, 1), at(3, 2, 1), at(3), at(11), at()];
    expect(order(...[...expected].reverse())).toEqual(expected);
  });

  it('puts what has no place first, and what was not sent last', () => {
    const missing = { segment: 'PD1', sequence: 1 };
    const pid = { segment: 'PID', sequence: 1 };
    expect(order(missing, pid, undefined)).toEqual([undefined, pid, missing]);
  });

  it('keeps problems of one place in the order of reading', () => {
    const one = hl7Problem('E', 'invalid-value', { segment: 'PID', sequence: 1, field: 7 }, 'one');
    const two = hl7Problem('W', 'invalid-value', { segment: 'PID', sequence: 1, field: 7 }, 'two');
    expect(inOrderOfMessage([two, one], segments)).toEqual([two, one]);
    expect(inOrderOfMessage([one], segments)).toEqual([one]);
  });
});
