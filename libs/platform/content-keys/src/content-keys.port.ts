/**
 * Content keys: every sealed content (a submission, what a request says about people) is encrypted under a key of its own.
 * Destroying the key destroys the content wherever its ciphertext lies (docs/adr/0003-sealed-content.md).
 *
 * Shapes: a key id is the id of what it seals (`submission-<id>`, `privacyRequest-<id>`); a key is 32 random bytes.
 */
export interface ContentKeys {
  /**
   * Stores `key` under `id` unless the id already has one; resolves when durable, with the key that the id has now.
   * An id whose key was destroyed never gets another.
   * @throws KeyDestroyed the id had a key and it was destroyed
   */
  put(id: string, key: Uint8Array): Promise<Uint8Array>;

  /** Keys of the ids that have one; destroyed and unknown ids are absent from the answer. */
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;

  /**
   * Destroys the keys; resolves when no trace of them is left on disk, else rejects with `DestructionPending`
   * (a reader holds the old pages): the keys are already unreadable through this port, and the destruction is completed
   * later by `completePending` or by asking again. Repeating it is harmless.
   *
   * An adapter that keeps keys wrapped resolves when they are unreadable through this port and in its tables; what is left
   * on disk is ciphertext, and the rotation of its wrapping key completes the destruction (`completePending`).
   */
  destroy(ids: readonly string[]): Promise<void>;

  /**
   * Finishes destructions left pending by a reader, a crash, or a rotation that is due; resolves with how many ids are still
   * pending.
   */
  completePending(): Promise<number>;

  /** Ids put before `before` (ISO-8601 UTC), oldest first, `limit` at most after `after`: the sweep of keys left without an append. */
  olderThan(
    before: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]>;

  close(): Promise<void>;
}

/** Enough to open sealed contents. */
export type KeyReader = Pick<ContentKeys, 'getMany' | 'close'>;

export const CONTENT_KEYS = Symbol('ContentKeys');

export class KeyDestroyed extends Error {
  readonly code = 'KEYS.DESTROYED';
}

export class DestructionPending extends Error {
  readonly code = 'KEYS.DESTRUCTION_PENDING';
}
