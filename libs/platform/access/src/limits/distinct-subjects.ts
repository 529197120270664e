/** The port that counts different subjects. Asynchronous, because a count that several processes share would be. */
export interface DistinctSubjects {
  /**
   * Counts a subject unless it was counted before, that day and for that client.
   * @param day name of the day: with a new one all counts begin anew @param subject a keyed digest, nothing that can be read
   * @returns false if that would be more than `limit`: then nothing is counted
   */
  admit(day: string, client: string, subject: string, limit: number): Promise<boolean>;
}

export const DISTINCT_SUBJECTS = Symbol('DistinctSubjects');

/** Of a digest: two of a client's subjects are taken for one with a chance of less than 1 in 10^10, and then one more may pass. */
const KEPT_CHARACTERS = 11;
const MAX_REMEMBERED = 2_000_000;

/**
 * Counts of this process: with several, each counts its own, and a restart begins anew. The memory is bounded over all clients, at some
 * 100 MiB; a subject that finds no more room counts each time, so that the limit is reached sooner and never later.
 */
export class MemoryDistinctSubjects implements DistinctSubjects {
  private day = '';
  private counts = new Map<string, { counted: number; readonly remembered: Set<string> }>();
  private remembered = 0;

  constructor(private readonly maxRemembered: number = MAX_REMEMBERED) {}

  admit(day: string, client: string, subject: string, limit: number): Promise<boolean> {
    if (day !== this.day) this.begin(day);
    let count = this.counts.get(client);
    if (count === undefined) this.counts.set(client, (count = { counted: 0, remembered: new Set() }));
    const kept = subject.slice(0, KEPT_CHARACTERS);
    if (count.remembered.has(kept)) return Promise.resolve(true);
    if (count.counted >= limit) return Promise.resolve(false);
    count.counted += 1;
    if (this.remembered < this.maxRemembered) {
      this.remembered += 1;
      count.remembered.add(kept);
    }
    return Promise.resolve(true);
  }

  private begin(day: string): void {
    this.day = day;
    this.counts = new Map();
    this.remembered = 0;
  }
}
