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
