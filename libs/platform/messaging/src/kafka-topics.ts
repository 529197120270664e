import type { TopicName } from '@registry/contracts';
import { createKafka, named, type KafkaOptions } from './kafka-client.js';

export interface TopicLayout {
  /** Of each topic of contract events; grows only. Default 6. */
  readonly partitions?: number;
  /** Copies of each partition. Default 3; 1 where there is one broker. */
  readonly replication?: number;
}

const DEFAULT_PARTITIONS = 6;
const DEFAULT_REPLICATION = 3;
/** Room for one large event: the relay puts no more than `SEND_BYTES` of several into one batch. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The relay's checkpoints: one partition, only the last is kept. */
export const relayTopicOf = (service: string): string => `relay.${service}.checkpoints.v1`;

/**
 * Creates what is missing of the topics and of the relays' checkpoint topics, and adds partitions to topics that have
 * fewer than asked. Messages never expire: a consumer that starts anew reads the topic from its beginning.
 * Adding partitions moves keys to other partitions, so that order per key breaks at that moment: do it only while
 * relay and consumers stand still and have caught up.
 * @throws a topic has more partitions than asked: partitions cannot be taken away
 */
export const ensureTopics = async (
  options: KafkaOptions,
  {
    topics,
    relays = [],
    layout = {},
  }: {
    readonly topics: readonly TopicName[];
    /** Services whose relays run. */
    readonly relays?: readonly string[];
    readonly layout?: TopicLayout;
  },
): Promise<void> => {
  const { partitions = DEFAULT_PARTITIONS, replication = DEFAULT_REPLICATION } = layout;
  const common = [{ name: 'min.insync.replicas', value: String(Math.max(1, replication - 1)) }];
  const admin = createKafka(options).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        ...topics.map((topic) => ({
          topic: named(options, topic),
          numPartitions: partitions,
          replicationFactor: replication,
          configEntries: [
            ...common,
            { name: 'cleanup.policy', value: 'delete' },
            { name: 'retention.ms', value: '-1' },
            { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
          ],
        })),
        ...relays.map((service) => ({
          topic: named(options, relayTopicOf(service)),
          numPartitions: 1,
          replicationFactor: replication,
          configEntries: [...common, { name: 'cleanup.policy', value: 'compact' }],
        })),
      ],
    });
    const { topics: present } = await admin.fetchTopicMetadata({
      topics: topics.map((topic) => named(options, topic)),
    });
    const tooMany = present.find((topic) => topic.partitions.length > partitions);
    if (tooMany !== undefined) {
      throw new Error(
        `Topic ${tooMany.name} has ${tooMany.partitions.length} partitions, which cannot become ${partitions}`,
      );
    }
    const tooFew = present.filter((topic) => topic.partitions.length < partitions);
    if (tooFew.length > 0) {
      await admin.createPartitions({
        topicPartitions: tooFew.map(({ name }) => ({ topic: name, count: partitions })),
      });
    }
  } finally {
    await admin.disconnect();
  }
};
