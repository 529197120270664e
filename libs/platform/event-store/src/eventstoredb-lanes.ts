import { type AppendResult, type StoreUnavailable } from './event-store.port.js';
import { closedError } from './eventstoredb-errors.js';
import { type EventStoreDbWriter, type PendingAppend } from './eventstoredb-writer.js';
import { type AppendRequest } from './new-events.js';
import { turn } from './wake-up.js';

/** Journal appends that share one call: well below the megabyte that a server takes by default. */
const LARGEST_GROUP = 256;
const MOST_BYTES = 256 * 1024;

const bytesOf = ({ events }: AppendRequest): number =>
  events.reduce(
    (sum, { data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata) + 400,
    0,
  );

/** The appends of this process to one stream go one after another, in the order asked; streams go side by side. */
export class EventStoreDbLanes {
  private readonly lanes = new Map<string, PendingAppend[]>();
  private readonly running = new Set<Promise<void>>();
  private closed: StoreUnavailable | undefined;

  constructor(private readonly writer: EventStoreDbWriter) {}

  add(request: AppendRequest): Promise<AppendResult> {
    if (this.closed) return Promise.reject(this.closed);
    return new Promise((resolve, reject) => {
      const pending = { request, resolve, reject };
      const lane = this.lanes.get(request.stream);
      if (lane !== undefined) {
        lane.push(pending);
        return;
      }
      this.lanes.set(request.stream, [pending]);
      const run = this.run(request.stream).finally(() => this.running.delete(run));
      this.running.add(run);
    });
  }

  /** Refuses further appends and waits for those accepted. */
  async close(): Promise<void> {
    this.closed = closedError();
    await Promise.all(this.running);
  }

  private async run(stream: string): Promise<void> {
    const lane = this.lanes.get(stream) ?? [];
    // What is asked for in this turn of the event loop goes together.
    await turn();
    while (lane.length > 0) {
      const group = takeGroup(lane);
      try {
        await this.settle(stream, group);
      } catch (error) {
        // Those that were settled already take no notice.
        for (const { reject } of group) reject(error as Error);
      }
    }
    this.lanes.delete(stream);
  }

  private async settle(stream: string, group: readonly PendingAppend[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { expected } = first.request;
    if (expected === 'any') await this.writer.appendToJournal(stream, group);
    else if (typeof expected === 'object')
      first.resolve(await this.writer.appendPassing(first.request, expected));
    else first.resolve(await this.writer.appendExact(first.request, expected));
  }
}

/** Removes from the lane one append, or as many to a journal as fit one call. */
const takeGroup = (lane: PendingAppend[]): PendingAppend[] => {
  let [count, bytes] = [0, 0];
  for (const { request } of lane) {
    if (count > 0 && (request.expected !== 'any' || lane[0]?.request.expected !== 'any')) break;
    bytes += bytesOf(request);
    if (count > 0 && (count >= LARGEST_GROUP || bytes > MOST_BYTES)) break;
    count += 1;
  }
  return lane.splice(0, count);
};
