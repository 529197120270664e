import { type RecordedEvent } from './event-store.port.js';
import { type EventStoreDbReader } from './eventstoredb-reader.js';
import { RecentlyUsed } from './recently-used.js';

const PAGE = 1000;
/** Characters an id costs in memory, roughly. */
const ID_SIZE = 100;

/** What is known of one journal: a prefix of it, all of its ids. */
export class Journal {
  head = -1;
  recordedAt: string | undefined;
  /** Revision of each id, the first where it stands twice. */
  readonly revisions = new Map<string, number>();

  add({ id, revision, recordedAt }: RecordedEvent): void {
    if (revision !== this.head + 1) return;
    this.head = revision;
    this.recordedAt = recordedAt;
    if (!this.revisions.has(id)) this.revisions.set(id, revision);
  }
}

/**
 * The ids in the journals used last. The server recognizes a repeated append at any revision only while it remembers
 * the ids; a journal is therefore read once, from its start, before this process first appends to it.
 */
export class EventStoreDbJournals {
  private readonly journals = new RecentlyUsed<Journal>({
    entries: 1000,
    characters: 64 * 1024 * 1024,
    largest: 32 * 1024 * 1024,
  });

  constructor(private readonly reader: EventStoreDbReader) {}

  known(stream: string): Journal | undefined {
    return this.journals.get(stream);
  }

  /** Reads what was appended since. @throws StoreUnavailable */
  async caughtUp(stream: string): Promise<Journal> {
    const journal = this.journals.get(stream) ?? new Journal();
    for (let more = true; more;) {
      const events = await this.reader.following(stream, journal.head + 1, PAGE);
      for (const event of events) journal.add(event);
      more = events.length === PAGE;
    }
    this.keep(stream, journal);
    return journal;
  }

  keep(stream: string, journal: Journal): void {
    this.journals.set(stream, journal, journal.revisions.size * ID_SIZE);
  }
}
