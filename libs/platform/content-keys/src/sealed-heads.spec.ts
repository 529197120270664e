import { createMemoryContentKeys, newContentKey, seal, SealBroken, sealedHeads } from './index.js';

const STREAM = 'submission-1';

describe('sealedHeads', () => {
  const keys = createMemoryContentKeys();
  const key = newContentKey();
  const opened = async (data: Readonly<Record<string, unknown>> | undefined, stream = STREAM) => {
    const heads = () => Promise.resolve([data === undefined ? undefined : { data }]);
    return (await sealedHeads({ heads }, keys, [stream]))(stream)?.text.toString('utf8');
  };

  beforeAll(() => keys.put(STREAM, key));

  it('opens what the last event has sealed', async () => {
    expect(await opened({ sealed: seal(key, STREAM, 'Ørsted') })).toBe('Ørsted');
  });

  it('has nothing of a stream that is absent, whose last event seals nothing, or that was not asked for', async () => {
    expect(await opened(undefined)).toBeUndefined();
    expect(await opened({ reason: 'opted-out' })).toBeUndefined();
    expect((await sealedHeads({ heads: () => Promise.resolve([]) }, keys, []))(STREAM)).toBeUndefined();
  });

  it('has nothing of a stream whose key is destroyed', async () => {
    const gone = 'submission-2';
    const sealed = seal(await keys.put(gone, newContentKey()), gone, 'text');
    expect(await opened({ sealed }, gone)).toBe('text');
    await keys.destroy([gone]);
    expect(await opened({ sealed }, gone)).toBeUndefined();
  });

  it('does not open what another stream sealed, and says so only when that one is opened', async () => {
    const heads = () =>
      Promise.resolve([
        { data: { sealed: seal(key, 'submission-3', 'text') } },
        { data: { sealed: seal(key, STREAM, 'text') } },
      ]);
    await keys.put('submission-4', key);
    const contentOf = await sealedHeads({ heads }, keys, ['submission-4', STREAM]);
    expect(contentOf(STREAM)?.text.toString('utf8')).toBe('text');
    expect(() => contentOf('submission-4')).toThrow(SealBroken);
  });
});
