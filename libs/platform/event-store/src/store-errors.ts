/** Another process, or another store of this one, has the file open for writing. */
export class StoreInUse extends Error {
  readonly code = 'STORE.IN_USE';
}

/** What is there is no event store that this version can use: no retry helps. */
export class StoreUnusable extends Error {
  readonly code = 'STORE.UNUSABLE';
}
