import { type RecordedEvent } from './event-store.port.js';

/**
 * The heads of the streams that were read or written last. Only the one process that writes may keep them: it hears of
 * every append before anybody can ask again, so what is kept is what the database would answer.
 */
export class RecentHeads {
  /** In order of use, the least recent first. */
  private readonly heads = new Map<string, () => RecordedEvent>();

  /** @param capacity most heads kept */
  constructor(private readonly capacity = 4096) {}

  get(stream: string): RecordedEvent | undefined {
    const head = this.heads.get(stream);
    if (head === undefined) return undefined;
    this.heads.delete(stream);
    this.heads.set(stream, head);
    return head();
  }

  /** @param head makes the event; called only if somebody asks */
  set(stream: string, head: () => RecordedEvent): void {
    this.heads.delete(stream);
    this.heads.set(stream, head);
    if (this.heads.size <= this.capacity) return;
    for (const oldest of this.heads.keys()) {
      this.heads.delete(oldest);
      return;
    }
  }
}
