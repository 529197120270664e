import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type BackedEvent, type BackingStore } from './backing-store.js';
import { type Faults } from './faults.js';
import {
  absentMessage,
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  filterOf,
  streamOf,
} from './stream-messages.js';

/** What reads need of the server they are part of. */
export interface ReadHost {
  readonly store: BackingStore;
  readonly faults: Faults;
  readonly breakConnections: () => void;
  /** Subscriptions under way, by what ends them. */
  readonly subscriptions: Set<(code: status) => void>;
}

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** Events fetched from the backing store at a time. */
const PAGE = 500;

class Refusal extends Error {
  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
  }
}

/** `Read`: of a stream, of the log, and subscriptions to the log. */
export const readCall =
  (host: ReadHost) =>
  (call: ReadCall): void => {
    const ended = new AbortController();
    const end = (): void => ended.abort();
    call.on('cancelled', end);
    call.on('close', end);
    call.on('error', end);
    answer(host, call, ended).then(
      (isAnswered) => {
        if (isAnswered && !ended.signal.aborted) call.end();
      },
      (error: unknown) => {
        if (ended.signal.aborted) return;
        const code = error instanceof Refusal ? error.code : status.UNKNOWN;
        call.emit('error', { code, details: error instanceof Error ? error.message : String(error) });
      },
    );
  };

/** False if a fault wants that the call is never answered. */
const answer = async (host: ReadHost, call: ReadCall, ended: AbortController): Promise<boolean> => {
  const options = call.request.getOptions();
  if (options === undefined) throw new Refusal(status.INVALID_ARGUMENT, 'No options');
  const isSubscription = options.hasSubscription();
  const fault = host.faults.take(isSubscription ? 'subscribe' : 'read');
  if (fault?.kind === 'error') throw new Refusal(fault.code, fault.details ?? 'A fault that was asked for');
  if (fault?.kind === 'silence') return false;
  if (fault?.kind === 'disconnect') {
    host.breakConnections();
    return false;
  }
  const send = async (message: ReadResp): Promise<void> => {
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    if (ended.signal.aborted) return;
    if (!call.write(message)) await once(call, 'drain', { signal: ended.signal });
  };
  if (isSubscription) await follow(host, options, send, ended);
  else if (options.hasStream()) await readStream(host.store, options, send, ended.signal);
  else await readLog(host.store, options, send, ended.signal);
  return true;
};

type Send = (message: ReadResp) => Promise<void>;

const readStream = async (
  store: BackingStore,
  options: ReadReq.Options,
  send: Send,
  ended: AbortSignal,
): Promise<void> => {
  const asked = options.getStream();
  const stream = streamOf(asked?.getStreamIdentifier());
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
  let left = Number(options.getCount());
  let from = asked?.hasRevision() === true ? Number(asked.getRevision()) : undefined;
  if (backwards && asked?.hasStart() === true) from = 0;
  if (!backwards && asked?.hasEnd() === true) left = 0;
  const [head] = await store.read(stream, { direction: 'backwards', limit: 1 });
  if (head === undefined) return send(absentMessage(stream));
  while (left > 0 && !ended.aborted) {
    const events: readonly BackedEvent[] = await store.read(stream, {
      ...(from !== undefined && { from }),
      direction: backwards ? 'backwards' : 'forwards',
      limit: Math.min(PAGE, left),
    });
    for (const event of events) await send(eventMessage(event));
    left -= events.length;
    const last = events.at(-1);
    if (last === undefined || (backwards && last.revision === 0)) return undefined;
    from = last.revision + (backwards ? -1 : 1);
  }
  return undefined;
};

const readLog = async (
  store: BackingStore,
  options: ReadReq.Options,
  send: Send,
  ended: AbortSignal,
): Promise<void> => {
  if (options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS || options.hasFilter()) {
    throw new Refusal(status.UNIMPLEMENTED, 'The fake reads the log forwards and unfiltered');
  }
  const all = options.getAll();
  if (all?.hasEnd() === true) return;
  // Reads of the log begin at the position itself, subscriptions after it.
  let after = beforeOf(all?.getPosition()?.getCommitPosition());
  let left = Number(options.getCount());
  while (left > 0 && !ended.aborted) {
    const page = await store.readAll({ after, limit: Math.min(PAGE, left) });
    for (const event of page.events) await send(eventMessage(event));
    left -= page.events.length;
    after = page.position;
    if (page.caughtUp) return;
  }
};

const beforeOf = (position: string | undefined): string | undefined =>
  position === undefined || BigInt(position) === 0n
    ? undefined
    : positionAfter(String(BigInt(position) - 1n));

const positionAfter = (position: string | undefined): string | undefined =>
  position === undefined || BigInt(position) === 0n ? undefined : position;

const follow = async (
  host: ReadHost,
  options: ReadReq.Options,
  send: Send,
  ended: AbortController,
): Promise<void> => {
  const all = options.getAll();
  if (all === undefined)
    throw new Refusal(status.UNIMPLEMENTED, 'The fake has subscriptions to the log only');
  const { wants, checkpointAfter } = filterOf(options);
  let after = positionAfter(all.getPosition()?.getCommitPosition());
  if (all.hasEnd()) after = await endOf(host.store);
  let dropped: status | undefined;
  const drop = (code: status): void => {
    dropped = code;
    stop.abort();
  };
  const stop = new AbortController();
  ended.signal.addEventListener('abort', () => stop.abort(), { once: true });
  host.subscriptions.add(drop);
  try {
    await send(confirmationMessage(randomUUID()));
    let passedOver = 0;
    let saidCaughtUp = false;
    for await (const page of host.store.subscribe({ after, limit: PAGE, signal: stop.signal })) {
      for (const event of page.events) {
        if (stop.signal.aborted) break;
        passedOver += 1;
        if (wants(event)) await send(eventMessage(event));
        if (passedOver >= checkpointAfter) {
          passedOver = 0;
          await send(checkpointMessage(event.position));
        }
      }
      if (page.caughtUp && !saidCaughtUp && !stop.signal.aborted) {
        saidCaughtUp = true;
        await send(caughtUpMessage());
      }
    }
  } finally {
    host.subscriptions.delete(drop);
  }
  if (dropped !== undefined) throw new Refusal(dropped, 'The subscription was dropped');
};

const endOf = async (store: BackingStore): Promise<string | undefined> => {
  let after: string | undefined;
  for (;;) {
    const page = await store.readAll({ after, limit: PAGE });
    after = page.position;
    if (page.caughtUp) return after;
  }
};
