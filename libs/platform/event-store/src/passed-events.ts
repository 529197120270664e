import { type Position, type RecordedEvent } from './event-store.port.js';
import { type SizedEvent } from './sqlite-reader.js';

const MAX_EVENTS = 8192;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * The events of the last pages of a log, by position. When there are too many, the older half goes at once: that costs less than to know
 * which was asked for last, and nobody asks for what has long passed.
 */
export class PassedEvents {
  private newer = new Map<Position, RecordedEvent>();
  private older: ReadonlyMap<Position, RecordedEvent> = new Map();
  /** Of the newer ones. */
  private characters = 0;

  constructor(
    private readonly maxEvents = MAX_EVENTS,
    private readonly maxCharacters = MAX_CHARACTERS,
  ) {}

  add({ event, characters }: SizedEvent): void {
    this.newer.set(event.position, event);
    this.characters += characters;
    if (this.newer.size < this.maxEvents / 2 && this.characters < this.maxCharacters / 2) return;
    this.older = this.newer;
    this.newer = new Map();
    this.characters = 0;
  }

  at(position: Position): RecordedEvent | undefined {
    return this.newer.get(position) ?? this.older.get(position);
  }
}
