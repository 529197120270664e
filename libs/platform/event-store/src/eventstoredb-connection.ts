import { setMaxListeners } from 'node:events';
import { type Credentials, EventStoreDBClient, type StreamingRead } from '@eventstore/db-client';
import { StoreUnavailable } from './event-store.port.js';
import { closedError, isAbsentStream, isRefused, unavailable } from './eventstoredb-errors.js';
import { StoreUnusable } from './store-errors.js';
import { pause } from './wake-up.js';

/** Milliseconds after which a call counts as lost. */
export interface Deadlines {
  readonly append: number;
  readonly read: number;
}

/** Attempts at one read, with short pauses between them: a server that restarts or elects a leader is soon back. */
const READ_ATTEMPTS = 4;
const READ_PAUSE = 100;
/** Calls that fail in a row before the client is replaced, which caches a failed look at the server's features. */
const REPLACE_AFTER = 5;
/** How long closing waits for streams to end. */
const DISPOSE_PATIENCE = 2000;

/** What is kept of the client that its type hides. */
interface ChannelOwner {
  readonly getChannel: () => Promise<{ close(): void }>;
}

/**
 * The client and what it leaves to its callers: deadlines, repeated reads, a channel that is closed.
 * Reads and batched appends of the client never time out on their own.
 */
export class EventStoreDbConnection {
  private client: EventStoreDBClient;
  private failures = 0;
  private readonly closing = new AbortController();
  private readonly url: string;
  /**
   * Sent with each append, so that the client makes a call of its own for it. On its shared stream for appends one
   * error rejects those of every client in the process and there is no deadline. Over TLS without a user nothing may be
   * sent in place of one; then the shared stream it is.
   */
  readonly appendCredentials: Credentials | undefined;

  constructor(
    connectionString: string,
    readonly deadlines: Deadlines,
    batchAppends: boolean | undefined,
  ) {
    // Each read under way listens, and Node warns from the eleventh.
    setMaxListeners(0, this.closing.signal);
    this.url = connectionString.replace(/^kurrent(?:db)?(\+discover)?:/, 'esdb$1:');
    const user = /^esdb(?:\+discover)?:\/\/([^:@/?]+):([^@/?]*)@/.exec(this.url);
    const isInsecure = /[?&]tls=false\b/i.test(this.url);
    const credentials =
      user === null
        ? { username: 'anonymous', password: '' }
        : { username: decodeURIComponent(user[1] ?? ''), password: decodeURIComponent(user[2] ?? '') };
    this.appendCredentials = (batchAppends ?? (user === null && !isInsecure)) ? undefined : credentials;
    this.client = EventStoreDBClient.connectionString(this.url);
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  get closed(): AbortSignal {
    return this.closing.signal;
  }

  get current(): EventStoreDBClient {
    if (this.isClosed) throw closedError();
    return this.client;
  }

  /** One call with a deadline of our own, `late` being its error. The call itself goes on: nothing can stop it. */
  async within<T>(milliseconds: number, call: Promise<T>, late: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late()), milliseconds);
    });
    try {
      const result = await Promise.race([call, timeout]);
      this.failures = 0;
      return result;
    } catch (error) {
      this.noteFailure(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Reads until the end, or until `take` answers false. A read that failed is begun again, with `start`.
   * @throws StoreUnavailable after some attempts, or when the deadline is over
   */
  async read<E, R>(
    open: (client: EventStoreDBClient) => StreamingRead<E>,
    start: () => { readonly take: (item: E) => boolean; readonly result: () => R },
    milliseconds = this.deadlines.read,
  ): Promise<R> {
    const end = Date.now() + milliseconds;
    for (let attempt = 1; ; attempt += 1) {
      const { take, result } = start();
      try {
        await this.drain(open(this.current), take, Math.max(1, end - Date.now()));
        return result();
      } catch (error) {
        if (error instanceof StoreUnusable) throw error;
        if (this.isClosed) throw closedError();
        if (error instanceof StoreUnavailable) throw error;
        if (attempt >= READ_ATTEMPTS || isRefused(error)) throw unavailable(error);
        await pause(Math.min(READ_PAUSE * attempt, end - Date.now()), this.closing.signal);
      }
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closing.abort();
    await disposed(this.client);
  }

  noteFailure(error: unknown): void {
    if (isAbsentStream(error) || this.isClosed) return;
    this.failures += 1;
    if (this.failures < REPLACE_AFTER) return;
    this.failures = 0;
    const failed = this.client;
    this.client = EventStoreDBClient.connectionString(this.url);
    void disposed(failed);
  }

  private async drain<E>(
    reading: StreamingRead<E>,
    take: (item: E) => boolean,
    milliseconds: number,
  ): Promise<void> {
    // The client may emit an error after the loop has ended, which would end the process.
    reading.on('error', () => undefined);
    const stop = (error?: Error): void => {
      // Cancels the call; what the client hands out does not do so by itself.
      reading.cancel().catch(() => undefined);
      reading.destroy(error);
    };
    const onClose = (): void => stop(closedError());
    const timer = setTimeout(() => stop(unavailable()), milliseconds);
    this.closing.signal.addEventListener('abort', onClose, { once: true });
    let ended = false;
    try {
      for await (const item of reading as AsyncIterable<E>) if (!take(item)) return;
      ended = true;
      this.failures = 0;
    } catch (error) {
      ended = true;
      if (isAbsentStream(error)) return;
      this.noteFailure(error);
      if (error instanceof StoreUnavailable) stop();
      throw error;
    } finally {
      clearTimeout(timer);
      this.closing.signal.removeEventListener('abort', onClose);
      if (!ended) stop();
    }
  }
}

/** Ends the client's streams and closes its channel, which its own `dispose` leaves open. */
const disposed = async (client: EventStoreDBClient): Promise<void> => {
  const patience = new AbortController();
  const ended = client.dispose().catch(() => undefined);
  await Promise.race([ended, pause(DISPOSE_PATIENCE, patience.signal)]);
  patience.abort();
  const channel = (client as unknown as ChannelOwner).getChannel();
  await channel.then(
    (open) => open.close(),
    () => undefined,
  );
};
