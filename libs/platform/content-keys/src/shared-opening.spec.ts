import { newContentKey, openShared, seal, SealBroken } from './index.js';

describe('openShared', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.runAllTimers();
    jest.useRealTimers();
  });

  it('opens once what is asked for within a moment, and forgets it then', () => {
    const key = newContentKey();
    const sealed = seal(key, 'submission-1', 'Ørsted');
    const first = openShared(key, 'submission-1', sealed);
    expect(first.text.toString('utf8')).toBe('Ørsted');
    expect(openShared(Uint8Array.from(key), 'submission-1', sealed)).toBe(first);
    jest.advanceTimersByTime(501);
    const later = openShared(key, 'submission-1', sealed);
    expect(later).not.toBe(first);
    expect(later).toEqual(first);
  });

  it('parses once what it opened', () => {
    const key = newContentKey();
    const sealed = seal(key, 'submission-1', '{"kind":"vxu"}');
    const { json } = openShared(key, 'submission-1', sealed);
    expect(json).toStrictEqual({ kind: 'vxu' });
    expect(openShared(key, 'submission-1', sealed).json).toBe(json);
  });

  it('has nothing for whoever has another key, id or ciphertext', () => {
    const key = newContentKey();
    const sealed = seal(key, 'submission-1', 'text');
    openShared(key, 'submission-1', sealed);
    expect(() => openShared(newContentKey(), 'submission-1', sealed)).toThrow(SealBroken);
    expect(() => openShared(key, 'submission-2', sealed)).toThrow(SealBroken);
    expect(openShared(key, 'submission-1', seal(key, 'submission-1', 'other')).text.toString()).toBe('other');
  });

  it('keeps few', () => {
    const key = newContentKey();
    const sealed = Array.from({ length: 1_025 }, (_, number) => seal(key, `submission-${number}`, 'text'));
    const opened = sealed.map((each, number) => openShared(key, `submission-${number}`, each));
    expect(openShared(key, 'submission-0', String(sealed[0]))).not.toBe(opened[0]);
    expect(openShared(key, 'submission-1024', String(sealed[1_024]))).toBe(opened[1_024]);
  });
});
