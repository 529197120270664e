import { type AppendResult, StoreUnavailable } from './event-store.port.js';
import { type AppendRequest } from './new-events.js';
import { type PendingAppend, type PostgresWriter } from './postgres-writer.js';

/** Appends and JSON characters per statement. */
const LARGEST_GROUP = 256;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Sends what has gathered while earlier statements were under way as one statement. A stream is in one statement at a
 * time, so that appends of one process do not get in each other's way.
 */
export class PostgresAppendQueue {
  private waiting: PendingAppend[] = [];
  private readonly busyStreams = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private scheduled = false;
  private closed = false;

  /** @param concurrency statements under way at once */
  constructor(
    private readonly writer: PostgresWriter,
    private readonly concurrency: number,
  ) {}

  add(request: AppendRequest): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new StoreUnavailable('The event store is closed'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.schedule();
    });
  }

  /** Refuses further appends and waits for those accepted. */
  async close(): Promise<void> {
    this.closed = true;
    this.dispatch();
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    while (this.underWay.size < this.concurrency) {
      const group = this.takeGroup();
      if (group.length === 0) return;
      const streams = new Set(group.map(({ request }) => request.stream));
      for (const stream of streams) this.busyStreams.add(stream);
      const sent = this.writer.appendTogether(group).finally(() => {
        for (const stream of streams) this.busyStreams.delete(stream);
        this.underWay.delete(sent);
        // Callers who were just answered may append again at once: let them join the next statement.
        if (this.closed) this.dispatch();
        else this.schedule();
      });
      this.underWay.add(sent);
    }
  }

  /** The oldest appends that can share a statement, in order. */
  private takeGroup(): PendingAppend[] {
    const group: PendingAppend[] = [];
    const rest: PendingAppend[] = [];
    const inGroup = new Map<string, AppendRequest['expected']>();
    let characters = 0;
    for (const pending of this.waiting) {
      const { stream, expected, events } = pending.request;
      const joinable = !inGroup.has(stream) || (inGroup.get(stream) === 'any' && expected === 'any');
      const fits = group.length < LARGEST_GROUP && (group.length === 0 || characters < MOST_CHARACTERS);
      if (!fits || !joinable || this.busyStreams.has(stream)) {
        rest.push(pending);
        continue;
      }
      inGroup.set(stream, expected);
      group.push(pending);
      for (const { data, metadata } of events) characters += data.length + metadata.length;
    }
    this.waiting = rest;
    return group;
  }
}
