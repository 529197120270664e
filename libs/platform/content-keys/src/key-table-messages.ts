/** What the thread that writes `keys.db` is asked. Keys lie one behind the other, 32 bytes each: copying many small arrays costs more. */
export type KeyQuestion =
  | {
      readonly kind: 'commit';
      readonly ids: readonly string[];
      /** Of the ids, in their order. */
      readonly keys: Uint8Array;
      /** When they are put, ms since 1970. */
      readonly at: number;
      /** Ids whose keys are to be overwritten, for each who asks, and how many of the puts were asked before. */
      readonly destroyed: readonly { readonly ids: readonly string[]; readonly afterPuts: number }[];
    }
  /** Brings the overwritten pages into the database and empties the log, unless a reader is in the way. */
  | { readonly kind: 'clear-log' };

export interface KeyAnswer {
  /** Of a commit: the keys that the ids have then; of one that was destroyed, zeros. */
  readonly stored: Uint8Array;
  /** Numbers of destroyed keys that the log may still hold: of a commit, a list for each who asked; else one list of all. */
  readonly pending: readonly (readonly number[])[];
}
