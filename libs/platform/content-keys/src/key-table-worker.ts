import { answerOnThread } from '@registry/group-writer';
import type { KeyAnswer, KeyQuestion } from './key-table-messages.js';
import { KeyTable } from './key-table.js';
import { CONTENT_KEY_BYTES, isDestroyed, NO_KEY } from './stored-key.js';

/** Stores keys and overwrites others in the order asked, in one transaction. */
const commit = (
  table: KeyTable,
  { ids, keys, at, destroyed }: Extract<KeyQuestion, { readonly kind: 'commit' }>,
): KeyAnswer =>
  table.transaction(() => {
    const stored = new Uint8Array(keys.length);
    let done = 0;
    const putUntil = (end: number): void => {
      for (; done < end; done += 1) {
        const start = done * CONTENT_KEY_BYTES;
        const key = keys.subarray(start, start + CONTENT_KEY_BYTES);
        stored.set(table.put(ids[done] ?? '', key, at) ?? NO_KEY, start);
      }
    };
    const pending = destroyed.map(({ ids: asked, afterPuts }) => {
      putUntil(afterPuts);
      // Ids that never had a key have nothing to destroy; those destroyed before may still be pending.
      const found = [...table.find(asked).values()];
      table.overwrite(found.filter(({ key }) => !isDestroyed(key)));
      return found.map(({ n }) => n).filter((n) => table.pending.has(n));
    });
    putUntil(ids.length);
    return { stored, pending };
  });

// What runs in the thread that writes `keys.db`. Started by `openSqliteContentKeys`.
answerOnThread<KeyQuestion, KeyAnswer, string>((file) => {
  const table = new KeyTable(file);
  return {
    answer: (question) => {
      if (question.kind === 'commit') return commit(table, question);
      table.clearLog();
      return { stored: NO_KEY, pending: [[...table.pending]] };
    },
    close: () => table.close(),
  };
});
