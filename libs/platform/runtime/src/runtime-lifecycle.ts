import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONTENT_KEYS, type ContentKeys } from '@registry/content-keys';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { ConsumerRegistry } from '@registry/messaging';
import { METRICS, type Metrics } from '@registry/observability';
import { KafkaConnection } from './kafka.js';
import { LogCheckpoints } from './log-checkpoints.js';
import { ReadModels } from './read-models.js';

/**
 * Starts consumers when all modules stand and stops them when HTTP has: an approval under way waits for them. Closes the stores last.
 */
@Injectable()
export class RuntimeLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Groups that have not caught up yet since the start. */
  private awaited: Set<string> | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly keys: ContentKeys | undefined,
    private readonly readModels: ReadModels,
    private readonly consumers: ConsumerRegistry,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(KafkaConnection) private readonly kafka: KafkaConnection | undefined,
    @Inject(LogCheckpoints) private readonly logCheckpoints: LogCheckpoints | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.measure();
    await this.kafka?.start();
    await this.logCheckpoints?.start();
    await this.consumers.startAll();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.consumers.stopAll();
    await this.kafka?.stop();
    await this.logCheckpoints?.stop();
    await this.readModels.closeAll();
    await this.keys?.close();
    await this.store.close();
  }

  private measure(): void {
    const { consumers, metrics } = this;
    metrics.gauge('registry_consumer_behind', 'Has the group messages to handle?', ['group'], () => {
      const behind = new Set(consumers.behind());
      return consumers.groups().map((group) => ({ labels: { group }, value: behind.has(group) ? 1 : 0 }));
    });
    metrics.gauge('registry_consumer_lag', 'Messages to handle', ['group', 'partition'], () =>
      [...consumers.lag()].flatMap(([group, partitions]) =>
        [...partitions].map(([partition, value]) => ({ labels: { group, partition }, value })),
      ),
    );
    metrics.gauge('registry_consumer_late_seconds', 'How old is what the group handles now?', ['group'], () =>
      [...consumers.lateness()].map(([group, late]) => ({ labels: { group }, value: late / 1_000 })),
    );
    const { kafka } = this;
    if (kafka !== undefined) {
      metrics.gauge('registry_relay_behind', 'Has the relay events to publish?', ['role'], () => {
        const { relay } = kafka;
        return relay === undefined
          ? []
          : [{ labels: { role: relay.status().role }, value: relay.isCaughtUp() ? 0 : 1 }];
      });
    }
    metrics.gauge('registry_dead_letters', 'Messages put aside', ['group', 'reason'], async () => {
      const counts = new Map<string, { labels: Record<string, string>; value: number }>();
      for (const { group, reason } of await consumers.deadLetters()) {
        const key = `${group}|${reason}`;
        const count = counts.get(key) ?? { labels: { group, reason }, value: 0 };
        counts.set(key, { ...count, value: count.value + 1 });
      }
      return [...counts.values()];
    });
  }

  /** Ready when the store answers and each consumer has caught up once since the start. */
  async missing(): Promise<string | undefined> {
    try {
      await this.store.heads(['readiness-probe']);
    } catch {
      return 'event-store';
    }
    // Each once, not all at one moment: under load somebody is always a little behind.
    const behind = new Set(this.consumers.behind());
    this.awaited ??= new Set(this.consumers.groups());
    for (const group of this.awaited) if (!behind.has(group)) this.awaited.delete(group);
    return this.awaited.size > 0 ? 'consumers' : undefined;
  }
}
