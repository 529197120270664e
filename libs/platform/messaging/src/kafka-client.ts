import { Kafka, logLevel, type KafkaConfig, type LogEntry, type RetryOptions } from 'kafkajs';
import { stopIdleTimer } from './kafka-idle-timer.js';
import { pauseFor } from './retry.js';

export interface KafkaOptions {
  /** `host:port` of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** What the broker's logs and quotas call this process. */
  readonly clientId: string;
  /** Put before the names of topics, groups and transactional ids, so that deployments can share a cluster. Default none. */
  readonly prefix?: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** A member that is not heard of for so long loses its partitions. Default 15,000; brokers allow no less than 6,000. */
  readonly sessionTimeoutMs?: number;
  /** Told of the client library's warnings and errors; many of them a retry cures. */
  readonly onLog?: (entry: LogEntry) => void;
}

/** Short: whoever gives up here starts again with a new client, see `KafkaMember` and `KafkaRelay`. */
export const KAFKA_RETRY: RetryOptions = {
  initialRetryTime: 200,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
  retries: 6,
};

export const DEFAULT_SESSION_TIMEOUT_MS = 15_000;

/** Opens no connection yet. */
export const createKafka = (options: KafkaOptions): Kafka => {
  stopIdleTimer();
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: 3_000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    retry: KAFKA_RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => options.onLog?.(entry),
    ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
  });
};

/** kafkajs may hang in `disconnect` while no broker answers (its issue 852). */
const DISCONNECT_LIMIT_MS = 10_000;

/** Resolves when the client is gone, or when the time is over; its failure is no matter any more. */
export const disconnect = async (client: { disconnect(): Promise<void> }): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([
    client.disconnect().catch(() => undefined),
    pauseFor(DISCONNECT_LIMIT_MS, limit.signal),
  ]);
  limit.abort();
};

/** The name on the broker. */
export const named = ({ prefix = '' }: KafkaOptions, name: string): string => `${prefix}${name}`;
