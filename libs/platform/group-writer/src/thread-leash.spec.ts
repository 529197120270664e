import { ThreadLeash } from './thread-leash.js';

describe('The leash of a thread', () => {
  it('lets work be done until it is held', () => {
    const leash = new ThreadLeash();
    const worker = new ThreadLeash(leash.memory);
    const done: string[] = [];
    worker.inside(() => done.push('before'));
    leash.hold();
    worker.inside(() => done.push('after'));
    expect(done).toEqual(['before']);
  });

  it('is let go when the work throws', () => {
    const leash = new ThreadLeash();
    const worker = new ThreadLeash(leash.memory);
    expect(() =>
      worker.inside(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    // Would wait for ten seconds if the worker still counted as inside.
    const began = performance.now();
    leash.hold();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
