import fc from 'fast-check';
import { MemoryDistinctSubjects } from './distinct-subjects.js';

describe('Distinct subjects', () => {
  it('count each once, up to the limit, and let those counted through for ever', async () => {
    const subjects = new MemoryDistinctSubjects();
    const ask = (subject: string, client = 'c', day = 'd1') => subjects.admit(day, client, subject, 2);
    expect([await ask('x'), await ask('x'), await ask('y'), await ask('z')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect([await ask('x'), await ask('z')]).toEqual([true, false]);
    expect(await ask('z', 'other client')).toBe(true);
    expect(await ask('z', 'c', 'd2')).toBe(true);
  });

  it('let no more through when they cannot be remembered', async () => {
    const subjects = new MemoryDistinctSubjects(1);
    const answers = [];
    for (const subject of ['x', 'y', 'y', 'y', 'x']) answers.push(await subjects.admit('d', 'c', subject, 3));
    expect(answers).toEqual([true, true, true, false, true]);
  });

  it('let through the first so many, in whatever order they are asked for', async () => {
    const anyAsked = fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyAsked, fc.integer({ min: 1, max: 8 }), async (asked, limit) => {
        const subjects = new MemoryDistinctSubjects();
        const allowed = [...new Set(asked)].slice(0, limit);
        for (const subject of asked)
          expect(await subjects.admit('d', 'c', subject, limit)).toBe(allowed.includes(subject));
      }),
    );
  });
});
