import type { KeyReader } from './content-keys.port.js';
import { openShared, type OpenedContent } from './shared-opening.js';

/** What is asked of an event store: the last event of each stream, in the order asked. */
interface Heads {
  heads(
    streams: readonly string[],
  ): Promise<readonly ({ readonly data: Readonly<Record<string, unknown>> } | undefined)[]>;
}

/**
 * Reads the last event of each stream, and the keys that go by the streams' names, both in one call.
 * @returns opens in memory what a stream's last event has in `sealed`. Undefined where the key is destroyed, or where that event has
 * nothing sealed: a submission's is then no receipt, and it was suppressed since. Throws SealBroken.
 * @throws StoreUnavailable
 */
export const sealedHeads = async (
  store: Heads,
  keys: KeyReader,
  streams: readonly string[],
): Promise<(stream: string) => OpenedContent | undefined> => {
  const [heads, found] = await Promise.all([store.heads(streams), keys.getMany(streams)]);
  const sealed = new Map(streams.map((stream, index) => [stream, heads[index]?.data['sealed']]));
  return (stream) => {
    const key = found.get(stream);
    const content = sealed.get(stream);
    return key === undefined || typeof content !== 'string' ? undefined : openShared(key, stream, content);
  };
};
