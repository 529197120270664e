import type { GateClock } from './gate-clock.js';
import type { ReleasedRecord } from './person-record.js';

/** A disclosure that is committed and may leave until its deadline. */
export interface Release {
  /** The permitted fields. Whoever serializes them must hand them over through this release. */
  readonly record: ReleasedRecord;
  /**
   * Call at the last moment before the bytes go to the socket. False: too late (or dropped already); send the uniform
   * 503 instead. The gate has then recorded `DisclosureAborted`.
   */
  handOver(): boolean;
}

/**
 * Starts a release that may leave until `leaveBy` (monotonic clock); one that does not is dropped, and `onDrop` told once.
 * @returns the release, and when it has been handed over or dropped
 */
export const startRelease = (
  clock: GateClock,
  leaveBy: number,
  record: ReleasedRecord,
  onDrop: () => void,
): { readonly release: Release; readonly done: Promise<void> } => {
  let state: 'under-way' | 'handed-over' | 'dropped' = 'under-way';
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const drop = () => {
    if (state !== 'under-way') return;
    state = 'dropped';
    finish();
    onDrop();
  };
  const cancel = clock.after(Math.max(0, leaveBy - clock.monotonic()), drop);
  const handOver = () => {
    if (state === 'under-way' && clock.monotonic() >= leaveBy) drop();
    if (state !== 'under-way') return false;
    state = 'handed-over';
    cancel();
    finish();
    return true;
  };
  return { release: { record, handOver }, done };
};

/** Releases under way, per person: what a setting change waits for before it is acknowledged. */
export class OutstandingReleases {
  private readonly byPerson = new Map<string, Set<Promise<void>>>();

  add(personId: string, done: Promise<void>): void {
    const releases = this.byPerson.get(personId) ?? new Set();
    this.byPerson.set(personId, releases.add(done));
    void done.then(() => {
      releases.delete(done);
      if (releases.size === 0 && this.byPerson.get(personId) === releases) this.byPerson.delete(personId);
    });
  }

  /** Resolves when every release that is under way now has been handed over or dropped: within the release bound. */
  async drained(personId: string): Promise<void> {
    await Promise.all([...(this.byPerson.get(personId) ?? [])]);
  }
}
