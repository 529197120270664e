const BUSY = 0;
const HELD = 1;
const LONGEST_WAIT_MS = 10_000;

/**
 * Keeps a thread from being ended inside the database driver, whose native code aborts the whole process then
 * (`process.exit` ends threads wherever they are). Shared memory of the two threads: the worker says when it is inside,
 * and the main thread holds it outside before it ends it.
 */
export class ThreadLeash {
  private readonly cells: Int32Array;

  /** @param memory of the main thread's leash, in the worker */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.cells = new Int32Array(memory);
  }

  /** In the worker: runs `work` unless held; then nothing more is done and nobody waits for it. */
  inside<T>(work: () => T): T | undefined {
    Atomics.store(this.cells, BUSY, 1);
    try {
      // Either the holder sees that this is busy, or this sees that it is held.
      return Atomics.load(this.cells, HELD) === 0 ? work() : undefined;
    } finally {
      Atomics.store(this.cells, BUSY, 0);
      Atomics.notify(this.cells, BUSY);
    }
  }

  /** In the main thread: returns when the worker is outside and will stay there. Blocks for one question at most. */
  hold(): void {
    Atomics.store(this.cells, HELD, 1);
    if (Atomics.load(this.cells, BUSY) === 1) Atomics.wait(this.cells, BUSY, 1, LONGEST_WAIT_MS);
  }
}
