import { RecentlyUsed } from './recently-used.js';

describe('RecentlyUsed', () => {
  const cache = (): RecentlyUsed<string> => new RecentlyUsed({ entries: 3, characters: 100, largest: 60 });

  it('forgets what was used least recently', () => {
    const kept = cache();
    for (const key of ['a', 'b', 'c']) kept.set(key, key, 1);
    expect(kept.get('a')).toBe('a');
    kept.set('d', 'd', 1);
    expect(['a', 'b', 'c', 'd'].map((key) => kept.get(key))).toStrictEqual(['a', undefined, 'c', 'd']);
  });

  it('is bounded in size as well as in number', () => {
    const kept = cache();
    kept.set('a', 'a', 60);
    kept.set('a', 'again', 50);
    kept.set('b', 'b', 50);
    expect([kept.get('a'), kept.get('b')]).toStrictEqual(['again', 'b']);
    kept.set('c', 'c', 1);
    expect([kept.get('a'), kept.get('b'), kept.get('c')]).toStrictEqual([undefined, 'b', 'c']);
  });

  it('keeps no value that is too large, nor the one that it replaces', () => {
    const kept = cache();
    kept.set('a', 'old', 1);
    kept.set('a', 'new', 61);
    expect(kept.get('a')).toBeUndefined();
  });

  it('forgets everything', () => {
    const kept = cache();
    kept.set('a', 'a', 60);
    kept.clear();
    kept.set('b', 'b', 60);
    expect([kept.get('a'), kept.get('b')]).toStrictEqual([undefined, 'b']);
  });
});
