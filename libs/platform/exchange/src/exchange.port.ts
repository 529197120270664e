/**
 * The exchange port: messages to and from others than the registry's own services, on topics that belong to one of them
 * (`EXTERNAL_TOPICS` in contracts). Between services see the messaging port.
 */

/** A message to or from somebody outside: a CloudEvent with a key. */
export interface ExchangedEvent {
  /** Of one sender unique. The same id again is the same message. */
  readonly id: string;
  readonly type: string;
  /** ISO-8601 UTC. */
  readonly time: string;
  /** Messages of one key come in order; on a compacted topic the last of each key stays. */
  readonly key: string;
  readonly data: unknown;
}

export interface ReceivedEvent extends ExchangedEvent {
  readonly topic: string;
}

export interface ExchangeConsumption {
  /** Resolves when the message under way is done and no other will start. */
  stop(): Promise<void>;
}

export interface ExchangeConsumeOptions {
  readonly group: string;
  /** Also topics that are made later. */
  readonly topics: RegExp;
  /**
   * Resolves when nothing of it can be lost any more. A rejection means infrastructure: the same message comes again.
   * @param event undefined `data`: it is no CloudEvent, or no JSON
   */
  readonly handle: (event: ReceivedEvent) => Promise<void>;
  readonly onTrouble?: (error: unknown) => void;
}

export interface Exchange {
  /** Resolves when they are durable, in order. May put some there twice. @throws ExchangeUnavailable */
  publish(topic: string, events: readonly ExchangedEvent[]): Promise<void>;
  /** At least once, in order per key. */
  consume(options: ExchangeConsumeOptions): ExchangeConsumption;
  close(): Promise<void>;
}

/** Undefined where the registry exchanges nothing on topics. */
export const EXCHANGE = Symbol('Exchange');

export class ExchangeUnavailable extends Error {
  readonly code = 'EXCHANGE.UNAVAILABLE';
}
