import { NO_STREAM } from '@eventstore/db-client';
import {
  type AppendResult,
  type PassingOver,
  type RecordedEvent,
  RevisionConflict,
  StoreUnavailable,
} from './event-store.port.js';
import { type EventStoreDbConnection } from './eventstoredb-connection.js';
import { appendError, isNotLeader, isWrongRevision, unknownOutcome } from './eventstoredb-errors.js';
import { toStored } from './eventstoredb-events.js';
import { EventStoreDbJournals, type Journal } from './eventstoredb-journals.js';
import { type EventStoreDbReader } from './eventstoredb-reader.js';
import {
  type AppendRequest,
  type EventText,
  MOST_PASSES,
  resultOf,
  sameEvents,
  wantedHead,
} from './new-events.js';
import { RecentlyUsed } from './recently-used.js';

/** An append that waits for its turn. */
export interface PendingAppend {
  readonly request: AppendRequest;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** Attempts at a journal append that other processes keep getting in the way of. */
const MOST_ATTEMPTS = 200;
/** Events that are looked at in one call. */
const MOST_PASSED = 1000;
/** Attempts at a call that a follower refused. */
const LEADER_ATTEMPTS = 3;

/** What the server said of an append at an exact revision. */
type Answer = 'stands' | { readonly head: number | undefined };

interface Timed {
  readonly revision: number;
  readonly recordedAt: string;
}

/**
 * Appends, always at an exact revision: only those the server recognizes for sure when they are repeated.
 *
 * `recordedAt` is ours, in the metadata: the later of this process's clock and the time of the event before. The
 * server's own time goes back when its clock does, or when another node leads.
 */
export class EventStoreDbWriter {
  private readonly journals: EventStoreDbJournals;
  /** A revision once recorded keeps its time, so what is remembered here is never stale. */
  private readonly times = new RecentlyUsed<Timed>({
    entries: 10_000,
    characters: Infinity,
    largest: Infinity,
  });

  constructor(
    private readonly connection: EventStoreDbConnection,
    private readonly reader: EventStoreDbReader,
    private readonly now: () => Date,
  ) {
    this.journals = new EventStoreDbJournals(reader);
  }

  /** Remembers the time of a head that was read, which the next append needs. */
  note(event: RecordedEvent | undefined): void {
    if (event !== undefined) {
      this.times.set(event.stream, { revision: event.revision, recordedAt: event.recordedAt }, 0);
    }
  }

  /** One append at an exact revision. */
  async appendExact(request: AppendRequest, expected: number | 'none'): Promise<AppendResult> {
    const { stream, events } = request;
    const wanted = wantedHead(expected);
    const answer = await this.send(stream, wanted, events, await this.timeAfter(stream, wanted));
    const stored = await this.standing(stream, wanted + 1, events.length);
    const last = stored.at(-1);
    if (last !== undefined && sameEvents(request, stored)) {
      this.note(last);
      return resultOf(last);
    }
    // The server said that it stands; who cannot find it must not say that it does not.
    if (answer === 'stands') throw unknownOutcome();
    throw new RevisionConflict(stream, expected, answer.head);
  }

  /** One append that may pass over what others have appended since: tried again behind it. */
  async appendPassing(request: AppendRequest, expected: PassingOver): Promise<AppendResult> {
    const { stream } = request;
    let after = expected.after;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.appendExact(request, after);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        const since = await this.reader.following(stream, after + 1, MOST_PASSED);
        const last = since.at(-1);
        const mayPass = last !== undefined && since.every(({ type }) => expected.over.includes(type));
        if (!mayPass || attempt === MOST_PASSES) throw new RevisionConflict(stream, expected, error.actual);
        this.note(last);
        after = last.revision;
      }
    }
  }

  /** Appends to one journal, in order, each settled on its own. */
  async appendToJournal(stream: string, group: readonly PendingAppend[]): Promise<void> {
    let waiting = group;
    let conflicts = 0;
    let known = this.journals.known(stream);
    let journal = known ?? (await this.journals.caughtUp(stream));
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if (isRepeated(first.request, journal)) {
        // What is remembered may be out of date: enough to append at, not to refuse anybody.
        if (known !== undefined) journal = await this.journals.caughtUp(stream);
        known = undefined;
        await this.settleRepeated(first, journal);
        waiting = waiting.slice(1);
        continue;
      }
      const fresh = unrelated(waiting, journal);
      if (await this.appendFresh(stream, fresh, journal)) {
        waiting = waiting.slice(fresh.length);
        continue;
      }
      conflicts += 1;
      if (conflicts > MOST_ATTEMPTS) throw new StoreUnavailable('Others kept appending to the same journal');
      journal = await this.journals.caughtUp(stream);
      known = undefined;
    }
  }

  /** Tells an append that was made before what it was told then, and one that overlaps that it conflicts. */
  private async settleRepeated({ request, resolve, reject }: PendingAppend, journal: Journal): Promise<void> {
    const revisions = request.events.map(({ id }) => journal.revisions.get(id));
    const last = revisions.at(-1);
    if (last === undefined || revisions.includes(undefined)) {
      reject(new RevisionConflict(request.stream, 'any', journal.head));
      return;
    }
    const [event] = await this.standing(request.stream, last, 1);
    if (event === undefined) reject(unknownOutcome());
    else resolve(resultOf(event));
  }

  /** Appends all in one; false if the journal has grown beyond what is known of it. */
  private async appendFresh(
    stream: string,
    fresh: readonly PendingAppend[],
    journal: Journal,
  ): Promise<boolean> {
    const events = fresh.flatMap(({ request }) => request.events);
    const first = journal.head + 1;
    try {
      const answer = await this.send(stream, journal.head, events, this.later(journal.recordedAt));
      if (answer !== 'stands') return false;
      const stored = await this.standing(stream, first, events.length);
      if (!sameEvents({ stream, expected: 'any', events }, stored)) throw unknownOutcome();
      for (const event of stored) journal.add(event);
      this.journals.keep(stream, journal);
      let next = 0;
      for (const { request, resolve } of fresh) {
        next += request.events.length;
        const last = stored[next - 1];
        if (last !== undefined) resolve(resultOf(last));
      }
    } catch (error) {
      for (const { reject } of fresh) reject(error as Error);
    }
    return true;
  }

  /** @throws StoreUnavailable | AppendOutcomeUnknown | RangeError */
  private async send(
    stream: string,
    wanted: number,
    events: readonly EventText[],
    recordedAt: string,
  ): Promise<Answer> {
    const { append: deadline } = this.connection.deadlines;
    const credentials = this.connection.appendCredentials;
    const stored = events.map((event) => toStored(event, recordedAt));
    for (let attempt = 1; ; attempt += 1) {
      const { current: client } = this.connection;
      try {
        const call = client.appendToStream(stream, stored, {
          expectedRevision: wanted < 0 ? NO_STREAM : BigInt(wanted),
          requiresLeader: true,
          deadline,
          ...(credentials && { credentials }),
        });
        // Later than the client's own deadline, whose error says more.
        await this.connection.within(deadline + 250, call, unknownOutcome);
        return 'stands';
      } catch (error) {
        if (isWrongRevision(error)) {
          const { actualVersion } = error;
          return { head: typeof actualVersion === 'bigint' ? Number(actualVersion) : undefined };
        }
        if (isNotLeader(error) && attempt < LEADER_ATTEMPTS) continue;
        throw appendError(error);
      }
    }
  }

  /** What stands after an append was answered. If that cannot be read, the caller must not take it for undone. */
  private async standing(stream: string, from: number, limit: number): Promise<RecordedEvent[]> {
    try {
      return await this.reader.following(stream, from, limit);
    } catch (error) {
      throw error instanceof StoreUnavailable ? unknownOutcome(error) : error;
    }
  }

  private async timeAfter(stream: string, wanted: number): Promise<string> {
    if (wanted < 0) return this.later(undefined);
    const known = this.times.get(stream);
    if (known?.revision === wanted) return this.later(known.recordedAt);
    return this.later((await this.reader.eventAt(stream, wanted))?.recordedAt);
  }

  private later(before: string | undefined): string {
    const now = this.now().toISOString();
    return before !== undefined && before > now ? before : now;
  }
}

const isRepeated = ({ events }: AppendRequest, journal: Journal): boolean =>
  events.some(({ id }) => journal.revisions.has(id));

/** The first of the appends, up to one with an id that is known: that must see what became of those before it. */
const unrelated = (appends: readonly PendingAppend[], journal: Journal): readonly PendingAppend[] => {
  const ids = new Set<string>();
  const end = appends.findIndex(({ request }) => {
    if (isRepeated(request, journal) || request.events.some(({ id }) => ids.has(id))) return true;
    for (const { id } of request.events) ids.add(id);
    return false;
  });
  return end < 0 ? appends : appends.slice(0, end);
};
