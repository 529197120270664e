import { GroupCommit } from '@registry/group-writer';
import {
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadOptions,
  type RecordedEvent,
} from './event-store.port.js';
import { type AppendRequest, appendRequest } from './new-events.js';
import { type RecordedAtClock } from './recorded-at.js';
import { type Fate, committedEvents, outcomesOf } from './sqlite-fates.js';
import { SqliteStore, closedError } from './sqlite-store.js';
import { type SqliteView } from './sqlite-view.js';
import { type ScannedPage } from './subscription.js';

/** Whatever commits groups of appends: the same thread or another. */
export interface GroupWriter {
  /** Groups that may be under way at a time; they are committed, and answer, in the order they were sent. */
  readonly groupsUnderWay: number;
  /**
   * Resolves when the group is durable.
   * @throws StoreUnavailable nothing of the group was written
   * @throws AppendOutcomeUnknown
   */
  write(group: readonly AppendRequest[], recordedAt: string): Promise<readonly Fate[]>;
  /** Closes all files, also those of the view. */
  close(): Promise<void>;
}

/** The store of the one process that writes. */
export class WritingSqliteStore extends SqliteStore {
  private readonly appends: GroupCommit<AppendRequest, AppendResult>;

  /** @param clock gives each group its time of record */
  constructor(
    private readonly writer: GroupWriter,
    private readonly view: SqliteView,
    clock: RecordedAtClock,
  ) {
    super();
    this.appends = new GroupCommit(
      async (group) => {
        const fates = await writer.write(group, clock.next());
        view.apply(committedEvents(group, fates));
        return outcomesOf(group, fates);
      },
      { underWay: writer.groupsUnderWay },
    );
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    if (this.isClosed) throw closedError();
    return this.appends.add(appendRequest(stream, expected, events));
  }

  async untilMore(
    after: Position | undefined,
    signal: AbortSignal,
    categories: readonly string[] | undefined,
  ): Promise<void> {
    if (!this.isClosed) await this.view.untilMore(after, signal, categories);
  }

  /** Appends accepted before are written; subscriptions end. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closed = true;
    this.view.wake();
    await this.appends.drained();
    await this.writer.close();
  }

  protected events(stream: string, options: ReadOptions | undefined): RecordedEvent[] {
    return this.view.read(stream, options);
  }

  protected page(options: ReadAllOptions): ScannedPage {
    return this.view.page(options);
  }

  protected headsOf(streams: readonly string[]): (RecordedEvent | undefined)[] {
    return this.view.heads(streams);
  }
}
