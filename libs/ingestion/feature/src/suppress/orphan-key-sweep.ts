import type { ContentKeys } from '@registry/content-keys';
import type { EventStore } from '@registry/event-store';
import { ConsumerCheckpoint } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

const PAGE = 500;
const CHECKPOINT = 'ingestion-orphan-key-sweep|keys';
const HOUR_MS = 3_600_000;

/**
 * Destroys the keys of contents that were never appended: the process died between the two. A key is looked at once, when it is an
 * hour old: no append is under way for so long. Streams and keys have the same names.
 * @returns how many keys were destroyed
 */
export const sweepOrphanKeys = async (
  store: EventStore,
  keys: ContentKeys,
  readModel: ReadModel,
  now: Date,
): Promise<number> => {
  const before = new Date(now.getTime() - HOUR_MS).toISOString();
  let destroyed = 0;
  let after = await sweptUpTo(readModel);
  for (;;) {
    const ids = await keys.olderThan(before, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    const last = ids.at(-1);
    if (last === undefined) return destroyed;
    const heads = await store.heads(ids);
    const orphans = ids.filter((_id, index) => heads[index] === undefined);
    if (orphans.length > 0) await keys.destroy(orphans);
    destroyed += orphans.length;
    after = last;
    await readModel.write((tx) => tx.upsert(ConsumerCheckpoint, [{ id: CHECKPOINT, checkpoint: last }]));
  }
};

const sweptUpTo = async (readModel: ReadModel): Promise<string | undefined> => {
  const rows = await readModel.select<ConsumerCheckpoint>(
    'SELECT id, checkpoint FROM consumer_checkpoint WHERE id = ?',
    [CHECKPOINT],
  );
  return rows[0]?.checkpoint;
};
