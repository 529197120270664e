import type { ContractEvent, TopicName } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';

/**
 * The messaging port: contexts publish by declaring a topic over their own streams and consume as named groups,
 * ordered per key, at least once (docs/adr/0005-messaging.md). Nothing is published by writing twice.
 */

/** A topic is its source streams and a pure map to contract events. */
export interface TopicDeclaration {
  readonly topic: TopicName;
  /** Categories of the streams that it is made from. */
  readonly categories: readonly string[];
  /** Undefined: this stored event is the context's own business. */
  readonly toContract: (event: RecordedEvent) => ContractEvent | undefined;
}

export interface Delivery {
  readonly topic: TopicName;
  readonly event: ContractEvent;
}

export interface DeliveryBatch {
  /** What checkpoints are kept by: the whole log when embedded, a topic's partition on Kafka. */
  readonly partition: string;
  /** In order per key; may be empty when only the checkpoint moved. */
  readonly deliveries: readonly Delivery[];
  /** Opaque: where to go on once the batch is handled. */
  readonly checkpoint: string;
}

export interface ConsumeOptions {
  readonly group: string;
  readonly topics: readonly TopicName[];
  /** Where the group got to, kept by the consumer with what it made of the messages; undefined: from the start. */
  readonly checkpointOf: (partition: string) => Promise<string | undefined>;
  /** Resolves when the batch and its checkpoint are kept. A rejection means infrastructure: the same batch comes again. */
  readonly handle: (batch: DeliveryBatch) => Promise<void>;
  /** Told of each rejection of `handle`, for logs and metrics. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface Consumption {
  /** Resolves when the batch under way is done and no other will start. */
  stop(): Promise<void>;
  /** True when everything that was readable at the last look has been handled. */
  isCaughtUp(): boolean;
  /** Messages not handled yet at the last look, by partition; absent where the adapter cannot count them. */
  lag?(): ReadonlyMap<string, number>;
  /** How old what is handled now is, ms, if more is known to follow; else 0. Absent where the adapter cannot tell. */
  lateness?(): number;
}

export interface Messaging {
  /**
   * Says what this process publishes. Embedded: before any consumer of the topic starts. Declaring a topic twice is an
   * error.
   */
  declare(declaration: TopicDeclaration): void;
  consume(options: ConsumeOptions): Consumption;
}

export const MESSAGING = Symbol('Messaging');
