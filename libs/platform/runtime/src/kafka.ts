import { TOPICS, type TopicName } from '@registry/contracts';
import { createKafkaExchange, type Exchange } from '@registry/exchange';
import type { EventStore } from '@registry/event-store';
import { ensureTopics, KafkaMessaging, KafkaRelay, type KafkaOptions } from '@registry/messaging';
import { errorCode, type Logger } from '@registry/observability';
import type { Configuration } from './configuration.js';

const optionsOf = (configuration: Configuration, service: string): KafkaOptions => {
  const { KAFKA_BROKERS = '', KAFKA_PREFIX, KAFKA_TLS, KAFKA_USERNAME, KAFKA_PASSWORD = '' } = configuration;
  return {
    brokers: KAFKA_BROKERS.split(','),
    clientId: `registry-${service}`,
    prefix: KAFKA_PREFIX,
    ...(KAFKA_TLS ? { ssl: true } : {}),
    ...(KAFKA_USERNAME === undefined
      ? {}
      : { sasl: { mechanism: 'scram-sha-512', username: KAFKA_USERNAME, password: KAFKA_PASSWORD } }),
  };
};

/** Kafka as a process of the registry has it: what it consumes, what its relay publishes, and what it exchanges with others. */
export class KafkaConnection {
  readonly messaging: KafkaMessaging;
  readonly exchange: Exchange;
  private readonly options: KafkaOptions;
  private relaying: KafkaRelay | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly service: string,
    private readonly store: EventStore,
    private readonly logger: Logger,
  ) {
    this.options = optionsOf(configuration, service);
    this.messaging = new KafkaMessaging(this.options);
    this.exchange = createKafkaExchange({
      ...this.options,
      replication: configuration.KAFKA_REPLICATION,
    });
  }

  get relay(): KafkaRelay | undefined {
    return this.relaying;
  }

  /** Once everything is declared. @throws the broker does not answer */
  async start(): Promise<void> {
    const { KAFKA_PARTITIONS: partitions, KAFKA_REPLICATION: replication } = this.configuration;
    await ensureTopics(this.options, {
      topics: Object.keys(TOPICS) as TopicName[],
      relays: [this.service],
      layout: { partitions, replication },
    });
    this.relaying = new KafkaRelay({
      kafka: this.options,
      service: this.service,
      store: this.store,
      declarations: this.messaging.declarations(),
      onTrouble: (error) => this.logger.warn('relay.trouble', { code: errorCode(error) }),
    });
    this.relaying.start();
  }

  async stop(): Promise<void> {
    await this.relaying?.stop();
    await this.exchange.close();
  }
}
