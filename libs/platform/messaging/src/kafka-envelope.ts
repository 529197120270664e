import type { ContractEvent, TopicName } from '@registry/contracts';
import type { IHeaders } from 'kafkajs';

/*
 * A contract event as a Kafka message: CloudEvents 1.0, binary mode of its Kafka binding. The message's value is `data`
 * as JSON and its key the event's key; headers hold the rest:
 *
 *   ce_specversion  1.0
 *   ce_id           the event's id
 *   ce_type         org.immunization-registry.<topic>.<type>, e.g. org.immunization-registry.privacy.settings.v1.PersonFollows
 *   ce_source       /contexts/<context>
 *   ce_time         recordedAt
 *   ce_partitionkey key (extension of CloudEvents)
 *   ce_revision     revision in the source stream, decimal (own extension)
 *   ce_position     position of the stored event, opaque (own extension)
 *   ce_traceparent  of the trace that it came from, where there is one (extension of CloudEvents)
 *   content-type    application/json
 */

const TYPE_PREFIX = 'org.immunization-registry.';

export interface KafkaMessageParts {
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** What a received message consists of. */
export interface ReceivedMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders | undefined;
  readonly offset: string;
  /** Milliseconds since 1970, decimal. */
  readonly timestamp: string;
}

export const toKafkaMessage = (topic: TopicName, event: ContractEvent): KafkaMessageParts => ({
  key: event.key,
  value: JSON.stringify(event.data),
  headers: {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: `${TYPE_PREFIX}${topic}.${event.type}`,
    ce_source: `/contexts/${topic.slice(0, topic.indexOf('.'))}`,
    ce_time: event.recordedAt,
    ce_partitionkey: event.key,
    ce_revision: String(event.revision),
    ce_position: event.position,
    ...(event.traceparent === undefined ? {} : { ce_traceparent: event.traceparent }),
    'content-type': 'application/json',
  },
});

/** The type of an event that is made of a message which is none; no contract knows it. */
export const UNREADABLE = 'Unreadable';

/**
 * The event that a message carries. A message without the envelope, or whose value is no JSON, becomes an event of type
 * `Unreadable` that says where it lies and nothing of its content: no contract has that type, so
 * `readContractEvent` refuses it and the consumer puts it among the dead letters, instead of blocking or skipping it.
 */
export const toContractEvent = (
  topic: TopicName,
  partition: number,
  message: ReceivedMessage,
): ContractEvent => {
  const place = `${topic}/${partition}/${message.offset}`;
  const type = header(message, 'ce_type');
  const id = header(message, 'ce_id');
  const recordedAt = header(message, 'ce_time');
  const position = header(message, 'ce_position');
  const revision = header(message, 'ce_revision');
  const typePrefix = `${TYPE_PREFIX}${topic}.`;
  const traceparent = header(message, 'ce_traceparent');
  const data = parse(message.value);
  const key = message.key?.toString('utf8');
  if (
    data === undefined ||
    key === undefined ||
    id === undefined ||
    recordedAt === undefined ||
    position === undefined ||
    revision === undefined ||
    !/^\d+$/.test(revision) ||
    header(message, 'ce_specversion') !== '1.0' ||
    !type?.startsWith(typePrefix)
  ) {
    return {
      id: place,
      type: UNREADABLE,
      // Later messages of its key wait behind it; one without a key stands alone.
      key: key ?? place,
      revision: 0,
      position: '',
      recordedAt: new Date(Number(message.timestamp)).toISOString(),
      data: { place },
    };
  }
  return {
    id,
    type: type.slice(typePrefix.length),
    key,
    revision: Number(revision),
    position,
    recordedAt,
    data,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
};

const header = ({ headers }: ReceivedMessage, name: string): string | undefined => {
  const value = headers?.[name];
  if (value === undefined || Array.isArray(value)) return undefined;
  return value.toString('utf8');
};

/** Undefined: no JSON. */
const parse = (value: Buffer | null): unknown => {
  if (value === null) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
};
