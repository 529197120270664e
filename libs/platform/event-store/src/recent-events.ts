import { type RecordedEvent, categoryOf } from './event-store.port.js';
import { numberedPosition } from './log-position.js';
import { type EventText, freezeDeep, parseData, parseMetadata } from './new-events.js';
import { type ScannedPage } from './subscription.js';

/** An event just committed, still as text. */
export interface CommittedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly text: EventText;
  readonly recordedAt: string;
}

interface Entry {
  readonly committed: CommittedEvent;
  readonly category: string;
  readonly size: number;
  event?: RecordedEvent;
}

/**
 * The newest events of a log numbered without gaps, kept in memory so that subscribers that are caught up need not
 * read and parse them again. Each is parsed at most once, from what was stored and not from the caller's object, and
 * frozen because all subscribers share it.
 */
export class RecentEvents {
  private readonly entries: (Entry | undefined)[];
  private first: number;
  private characters = 0;

  /**
   * @param last number of the newest event in the log, 0 if it is empty
   * @param capacity most events kept
   * @param maxCharacters most JSON characters kept, so that large contents do not fill the memory
   */
  constructor(
    private last: number,
    private readonly capacity = 4096,
    private readonly maxCharacters = 16 * 1024 * 1024,
  ) {
    this.entries = new Array<Entry | undefined>(capacity);
    this.first = last + 1;
  }

  get lastNumber(): number {
    return this.last;
  }

  /** @returns makes the event, at most once, for whoever wants it */
  push(committed: CommittedEvent): () => RecordedEvent {
    const size = committed.text.data.length + committed.text.metadata.length;
    if (this.last - this.first + 1 === this.capacity) this.dropFirst();
    this.last = committed.position;
    const entry: Entry = { committed, category: categoryOf(committed.stream), size };
    this.entries[this.last % this.capacity] = entry;
    this.characters += size;
    while (this.characters > this.maxCharacters && this.first <= this.last) this.dropFirst();
    return () => eventOf(entry);
  }

  /** The page after event `after`, or undefined if it begins with events no longer kept. */
  page(after: number, limit: number, categories: readonly string[] | undefined): ScannedPage | undefined {
    if (after < this.first - 1) return undefined;
    const events: RecordedEvent[] = [];
    let number = after;
    while (number < this.last && events.length < limit) {
      const entry = this.entries[++number % this.capacity];
      if (entry !== undefined && (categories === undefined || categories.includes(entry.category))) {
        events.push(eventOf(entry));
      }
    }
    return {
      events,
      position: number === 0 ? undefined : numberedPosition(number),
      caughtUp: number >= this.last,
      scanned: Math.max(0, number - after),
    };
  }

  private dropFirst(): void {
    const index = this.first % this.capacity;
    this.characters -= this.entries[index]?.size ?? 0;
    this.entries[index] = undefined;
    this.first += 1;
  }
}

const eventOf = (entry: Entry): RecordedEvent => (entry.event ??= parse(entry.committed));

const parse = ({ position, stream, revision, text, recordedAt }: CommittedEvent): RecordedEvent =>
  freezeDeep({
    id: text.id,
    type: text.type,
    data: parseData(text.data),
    metadata: parseMetadata(text.metadata),
    stream,
    revision,
    position: numberedPosition(position),
    recordedAt,
  });
