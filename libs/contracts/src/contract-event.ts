/**
 * What travels between contexts. In the embedded profile the map from stored to contract event is applied on reading
 * the store; in the distributed one the relay sends its result to Kafka. Same shape in both.
 */
export interface ContractEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  /** Messages of one key are handled in order. */
  readonly key: string;
  /** Revision in the source stream. */
  readonly revision: number;
  /** Opaque log position of the stored event; comparable with `EventStore.comparePositions`. */
  readonly position: string;
  /** ISO-8601 UTC. */
  readonly recordedAt: string;
  /** Of the trace that it came from, where there are traces. */
  readonly traceparent?: string;
  readonly data: Data;
}
