/**
 * One lane per person and process (DESIGN.md, The release gate, 5): work on one privacy stream goes one piece at a time,
 * reads that wait together are taken together, and setting changes go first. Without it, 64 readers of one person
 * would each take a look and an append of their own.
 */
export class PersonLanes<Read> {
  private readonly lanes = new Map<string, Lane<Read>>();

  constructor(
    /** Answers the reads it is given; those it returns go again with the next batch. Must not throw. */
    private readonly answer: (personId: string, reads: readonly Read[]) => Promise<readonly Read[]>,
  ) {}

  read(personId: string, read: Read): void {
    const lane = this.laneOf(personId);
    lane.reads.push(read);
    this.start(personId, lane);
  }

  /** Runs a change alone in the person's lane, before the reads that wait there. */
  change<T>(personId: string, change: () => Promise<T>): Promise<T> {
    const lane = this.laneOf(personId);
    return new Promise<T>((resolve, reject) => {
      lane.changes.push(() => change().then(resolve, reject));
      this.start(personId, lane);
    });
  }

  /** Runs an entry alone in the person's lane: after the changes that wait there, before the reads. Must not throw. */
  note(personId: string, entry: () => Promise<void>): Promise<void> {
    const lane = this.laneOf(personId);
    return new Promise((resolve) => {
      lane.notes.push(() => entry().then(resolve));
      this.start(personId, lane);
    });
  }

  private laneOf(personId: string): Lane<Read> {
    let lane = this.lanes.get(personId);
    if (lane === undefined) {
      lane = { changes: [], notes: [], reads: [], running: false };
      this.lanes.set(personId, lane);
    }
    return lane;
  }

  private start(personId: string, lane: Lane<Read>): void {
    if (lane.running) return;
    lane.running = true;
    void this.run(personId, lane);
  }

  private async run(personId: string, lane: Lane<Read>): Promise<void> {
    // One turn, so that reads which arrive together are answered together.
    await Promise.resolve();
    for (;;) {
      const alone = lane.changes.shift() ?? lane.notes.shift();
      if (alone !== undefined) {
        await alone();
      } else if (lane.reads.length > 0) {
        const batch = lane.reads.splice(0, MAX_BATCH);
        lane.reads.unshift(...(await this.answer(personId, batch)));
      } else {
        break;
      }
    }
    lane.running = false;
    this.lanes.delete(personId);
  }
}

interface Lane<Read> {
  readonly changes: (() => Promise<void>)[];
  readonly notes: (() => Promise<void>)[];
  readonly reads: Read[];
  running: boolean;
}

/** Bounds the size of one append. */
const MAX_BATCH = 256;
