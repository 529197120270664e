import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import {
  DISTINCT_SUBJECTS,
  MemoryDistinctSubjects,
  MemoryTokenBuckets,
  RequestLimits,
} from '@registry/access';
import { CONTENT_KEYS, KEY_RING, openKeyRing, type ContentKeys, type KeyRing } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { EXCHANGE, type Exchange } from '@registry/exchange';
import { ConsumerRegistry, EmbeddedMessaging, MESSAGING } from '@registry/messaging';
import {
  createLogger,
  errorCode,
  isTracing,
  LOGGER,
  METRICS,
  Metrics,
  type Logger,
} from '@registry/observability';
import { keyFolderOf, openContentKeys, openStore } from './adapters.js';
import { CLOCK, systemClock, type Clock } from './clock.js';
import { Configuration } from './configuration.js';
import { KafkaConnection } from './kafka.js';
import { LogCheckpoints } from './log-checkpoints.js';
import { ReadModels, type Context } from './read-models.js';
import { tracedEventStore } from './traced-event-store.js';
import { RuntimeLifecycle } from './runtime-lifecycle.js';

/** What whoever starts a service says of it. */
export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** With others outside; none unless the configuration says so. */
  readonly exchange?: Exchange;
}

export interface RuntimeOptions extends ServiceOptions {
  /** Its name, for metrics and for what it publishes. */
  readonly service: string;
  /**
   * The contexts whose consumers run here. None: a process that answers reads from what another one projects, and opens no content keys,
   * because it never opens sealed content.
   */
  readonly owns: readonly Context[];
}

/** The ports of a process with the adapters that its configuration picks, open before anything else starts. */
@Global()
@Module({})
export class RuntimeModule {
  static forRoot({
    configuration,
    service,
    owns,
    clock = systemClock,
    logger,
    metrics,
    exchange,
  }: RuntimeOptions): DynamicModule {
    const providers: Provider[] = [
      { provide: Configuration, useValue: configuration },
      { provide: CLOCK, useValue: clock },
      { provide: LOGGER, useValue: logger ?? createLogger(configuration.LOG_LEVEL) },
      { provide: METRICS, useValue: metrics ?? new Metrics(service) },
      {
        provide: EVENT_STORE,
        useFactory: async () => {
          const store = await openStore(configuration, clock);
          return isTracing() ? tracedEventStore(store) : store;
        },
      },
      { provide: KEY_RING, useFactory: (): Promise<KeyRing> => openKeyRing(keyFolderOf(configuration)) },
      { provide: ReadModels, useValue: new ReadModels(configuration, owns) },
      { provide: ConsumerRegistry, useValue: new ConsumerRegistry() },
      {
        provide: KafkaConnection,
        useFactory: (store: EventStore, log: Logger) =>
          configuration.MESSAGING === 'kafka'
            ? new KafkaConnection(configuration, service, store, log)
            : undefined,
        inject: [EVENT_STORE, LOGGER],
      },
      {
        provide: MESSAGING,
        useFactory: (store: EventStore, kafka: KafkaConnection | undefined) =>
          kafka?.messaging ?? new EmbeddedMessaging(store),
        inject: [EVENT_STORE, KafkaConnection],
      },
      {
        provide: CONTENT_KEYS,
        useFactory: (log: Logger): Promise<ContentKeys | undefined> =>
          owns.length > 0 || configuration.CONTENT_KEYS === 'postgres'
            ? openContentKeys(configuration, (error) =>
                log.warn('keys.rotation-failed', { code: errorCode(error) }),
              )
            : Promise.resolve(undefined),
        inject: [LOGGER],
      },
      {
        provide: EXCHANGE,
        useFactory: (kafka: KafkaConnection | undefined) => exchange ?? kafka?.exchange,
        inject: [KafkaConnection],
      },
      { provide: RequestLimits, useFactory: () => new RequestLimits(new MemoryTokenBuckets()) },
      { provide: DISTINCT_SUBJECTS, useFactory: () => new MemoryDistinctSubjects() },
      {
        provide: LogCheckpoints,
        useFactory: (log: Logger) =>
          // Whoever only reads leaves the logs to the process that writes.
          owns.length > 0 &&
          (configuration.EVENT_STORE === 'sqlite' || configuration.READ_MODELS === 'sqlite')
            ? new LogCheckpoints(configuration.DATA_DIR, log)
            : undefined,
        inject: [LOGGER],
      },
      RuntimeLifecycle,
    ];
    return {
      module: RuntimeModule,
      providers,
      exports: [
        Configuration,
        CLOCK,
        LOGGER,
        METRICS,
        EVENT_STORE,
        KEY_RING,
        ReadModels,
        ConsumerRegistry,
        MESSAGING,
        CONTENT_KEYS,
        EXCHANGE,
        RequestLimits,
        DISTINCT_SUBJECTS,
        RuntimeLifecycle,
      ],
    };
  }
}
