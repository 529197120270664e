import {
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
  categoryOf,
} from './event-store.port.js';
import { positionNumber } from './log-position.js';
import { freezeDeep } from './new-events.js';
import { pageLimit, streamRange } from './read-options.js';
import { type CommittedEvent, RecentEvents } from './recent-events.js';
import { RecentlyUsed } from './recently-used.js';
import { type SizedEvent, type SqliteReader } from './sqlite-reader.js';
import { GOOD_DEAL, type ScannedPage } from './subscription.js';
import { WakeUp } from './wake-up.js';

/** Longer events are sealed submissions, as a rule. They have a place of their own, or they would push out what is asked for again and again. */
const LARGEST_KEPT = 2000;
const HEADS = { entries: 4096, characters: 4 * 1024 * 1024, largest: LARGEST_KEPT };
/** Of what came in last: whoever follows the log asks for it soon, and not again. */
const NEW_LARGE_HEADS = { entries: 4096, characters: 16 * 1024 * 1024, largest: 64 * 1024 };
/** As many as a few requests at a time ask for in vain. What stands for nobody is asked for by every read. */
const ABSENT = { entries: 256, characters: Infinity, largest: 0 };
const SINGLES = { entries: 8192, characters: 4 * 1024 * 1024, largest: LARGEST_KEPT };
/** Heads of which some are in memory, as a rule, cost less one by one. */
const MANY = 8;

/**
 * The log as the one process that writes it sees it: a prefix of what is committed, which grows by `apply` and by
 * nothing else. Whatever serves a read — the newest events, heads or single events in memory, or the database — answers
 * for exactly that prefix.
 *
 * That makes the store linearizable, also while another thread writes. An append takes place when it is applied: after
 * it was asked for and committed, before its caller hears of it. All reads happen on the thread that applies, each at
 * one point between two applications, and nothing leaves the prefix again. So an acknowledged append is in every later
 * answer; and an event that is committed but not applied yet, which a look into the database would find, is in none:
 * reads leave out positions beyond the prefix, or a stream's events could be seen by one read and missed by the next
 * that is served from memory, and a page could run ahead of the newest events. A conflict counts only what was applied
 * before it is told.
 */
export class SqliteView {
  private recent: RecentEvents;
  private readonly knownHeads = new RecentlyUsed<() => RecordedEvent>(HEADS);
  private readonly newLargeHeads = new RecentlyUsed<() => RecordedEvent>(NEW_LARGE_HEADS);
  /** Streams that the database was asked for in vain. */
  private readonly absent = new RecentlyUsed<true>(ABSENT);
  /** By revision and stream; events do not change. */
  private readonly singles = new RecentlyUsed<RecordedEvent>(SINGLES);
  private readonly grown = new WakeUp();

  /** @param last number of the newest event */
  constructor(
    private readonly reader: SqliteReader,
    last: number,
  ) {
    this.recent = new RecentEvents(last);
  }

  /** Number of the newest event seen. */
  get last(): number {
    return this.recent.lastNumber;
  }

  /** @param events durable, in log order, going on where the view ends */
  apply(events: readonly CommittedEvent[]): void {
    for (const event of events) {
      const characters = event.text.data.length + event.text.metadata.length;
      const made = this.recent.push(event);
      this.knownHeads.set(event.stream, made, characters);
      this.absent.delete(event.stream);
      if (characters > LARGEST_KEPT) this.newLargeHeads.set(event.stream, made, characters);
      else this.newLargeHeads.delete(event.stream);
    }
    if (events.length > 0) this.grown.wake(new Set(events.map(({ stream }) => categoryOf(stream))));
  }

  /**
   * Takes in all that the database has, when it is not known what was committed.
   * @returns the newest time of record
   */
  applyAll(): string | undefined {
    const { number, recordedAt } = this.reader.last();
    this.recent = new RecentEvents(number);
    this.knownHeads.clear();
    this.newLargeHeads.clear();
    this.absent.clear();
    this.grown.wake();
    return recordedAt;
  }

  read(stream: string, options: ReadOptions | undefined): RecordedEvent[] {
    const { backwards, from, limit } = streamRange(options);
    if (!backwards && limit === 1) return this.single(stream, from);
    return this.reader.read(stream, options, this.last);
  }

  head(stream: string): RecordedEvent | undefined {
    const known = this.knownHeads.get(stream) ?? this.newLargeHeads.get(stream);
    if (known !== undefined) return known();
    if (this.absent.get(stream) === true) return undefined;
    const head = this.reader.head(stream, this.last);
    if (head === undefined) {
      this.absent.set(stream, true, 0);
      return undefined;
    }
    const { event, characters } = frozen(head);
    this.knownHeads.set(stream, () => event, characters);
    return event;
  }

  heads(streams: readonly string[]): (RecordedEvent | undefined)[] {
    const look = () => streams.map((stream) => this.head(stream));
    return streams.length < MANY ? look() : this.reader.together(look);
  }

  page(options: ReadAllOptions): ScannedPage {
    const after = positionNumber(options.after);
    const inMemory = this.recent.page(after, pageLimit(options.limit), options.categories);
    return inMemory ?? this.reader.page(options, this.last);
  }

  /**
   * Resolves when events of the categories may follow `after`, or a good deal of others; when `wake` is called; or when the signal is
   * aborted.
   */
  async untilMore(
    after: Position | undefined,
    signal: AbortSignal,
    categories: readonly string[] | undefined,
  ): Promise<void> {
    const seen = positionNumber(after);
    if (this.last > seen) return;
    await this.grown.wait(
      signal,
      (grown) =>
        categories === undefined ||
        this.last - seen >= GOOD_DEAL ||
        categories.some((category) => grown.has(category)),
    );
  }

  wake(): void {
    this.grown.wake();
  }

  private single(stream: string, revision: number): RecordedEvent[] {
    const head = this.knownHeads.get(stream)?.();
    if (head !== undefined && revision >= head.revision) return revision === head.revision ? [head] : [];
    const key = `${revision} ${stream}`;
    const known = this.singles.get(key);
    if (known !== undefined) return [known];
    const there = this.reader.single(stream, revision, this.last);
    if (there === undefined) return [];
    const { event, characters } = frozen(there);
    this.singles.set(key, event, characters);
    return [event];
  }
}

/** What several callers share. */
const frozen = (sized: SizedEvent): SizedEvent => {
  freezeDeep(sized.event);
  return sized;
};
