import { randomFromPool } from './random-pool.js';

describe('Random bytes from the pool', () => {
  it('are of the length asked for, never repeat, and stay as they are', () => {
    const seen = new Map<string, Buffer>();
    for (let count = 0; count < 2_000; count += 1) {
      const bytes = randomFromPool(count % 2 === 0 ? 32 : 12);
      expect(bytes).toHaveLength(count % 2 === 0 ? 32 : 12);
      seen.set(bytes.toString('hex'), bytes);
    }
    expect(seen.size).toBe(2_000);
    for (const [hex, bytes] of seen) expect(bytes.toString('hex')).toBe(hex);
  });

  it('are not the zeros that wiped places hold', () => {
    const zeros = Array.from({ length: 1_000 }, () => randomFromPool(32)).filter((bytes) =>
      bytes.equals(Buffer.alloc(32)),
    );
    expect(zeros).toHaveLength(0);
  });
});
