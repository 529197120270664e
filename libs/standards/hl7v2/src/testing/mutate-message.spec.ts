import { SAMPLE, asMessage } from '../sample-vxu.fixture.js';
import { mutateMessage, seededRandom } from './mutate-message.js';

const TEXT = asMessage(SAMPLE);

describe('mutateMessage', () => {
  it('makes the same of the same message and seed', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      expect(Buffer.from(mutateMessage(TEXT, seed))).toEqual(Buffer.from(mutateMessage(TEXT, seed)));
    }
  });

  it('makes something else of nearly every seed', () => {
    const made = new Set(
      Array.from({ length: 300 }, (_, seed) => Buffer.from(mutateMessage(TEXT, seed)).toString('latin1')),
    );
    expect(made.size).toBeGreaterThan(270);
  });

  it('takes an empty message', () => {
    for (let seed = 0; seed < 50; seed += 1) expect(mutateMessage('', seed)).toBeInstanceOf(Uint8Array);
  });
});

describe('seededRandom', () => {
  it('stays below its bound and reaches all of it', () => {
    const random = seededRandom(7);
    const drawn = new Set(Array.from({ length: 200 }, () => random.below(5)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('picks from something only', () => {
    expect(() => seededRandom(1).pick([])).toThrow(RangeError);
  });
});
