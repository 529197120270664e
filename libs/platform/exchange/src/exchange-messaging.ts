import type { TopicName } from '@registry/contracts';
import type { ConsumeOptions, Consumption, Messaging } from '@registry/messaging';
import type { Exchange } from './exchange.port.js';

/**
 * Topics of others, consumed by the same consumers as the registry's own: with bounded retries, dead letters and parking. How far a group got the
 * exchange itself keeps.
 */
export class ExchangeMessaging implements Messaging {
  /** @param topics of the exchange, whatever a consumer says its topics are */
  constructor(
    private readonly exchange: Exchange,
    private readonly topics: RegExp,
  ) {}

  declare(): void {
    throw new Error('Topics of others are not declared here');
  }

  consume({ group, handle, onTrouble }: ConsumeOptions): Consumption {
    const consumption = this.exchange.consume({
      group,
      topics: this.topics,
      handle: async ({ topic, id, type, time, key, data }) => {
        const event = { id, type, key, revision: 0, position: '', recordedAt: time, data };
        await handle({
          partition: topic,
          deliveries: [{ topic: topic as TopicName, event }],
          checkpoint: id,
        });
      },
      ...(onTrouble === undefined ? {} : { onTrouble }),
    });
    return { stop: () => consumption.stop(), isCaughtUp: () => true };
  }
}
