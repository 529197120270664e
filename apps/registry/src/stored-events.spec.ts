import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessTopic, relationshipTopic } from '@registry/directory-feature';
import { decisionTopic, reviewTopic } from '@registry/identity-feature';
import { submissionTopic } from '@registry/ingestion-feature';
import type { TopicDeclaration } from '@registry/messaging';
import { noticeTopic, requestTopic, settingTopic, signalTopic, taskTopic } from '@registry/privacy-feature';
import { attestationTopic, subscriptionTopic } from '@registry/query-feature';
import { campaignTopic, participationTopic } from '@registry/reminders-feature';
import { readContractEvent, TOPICS, type TopicName } from '@registry/contracts';
import { categoryOf, type JsonObject, type Position } from '@registry/event-store';

/** Every topic of the registry. */
const topics: readonly TopicDeclaration[] = [
  submissionTopic,
  decisionTopic,
  reviewTopic,
  settingTopic,
  noticeTopic,
  taskTopic,
  attestationTopic,
  subscriptionTopic,
  requestTopic,
  signalTopic,
  accessTopic,
  relationshipTopic,
  campaignTopic,
  participationTopic,
];

interface Golden {
  readonly schemaVersion: number;
  readonly stream: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly published: readonly {
    readonly topic: TopicName;
    readonly type: string;
    readonly key: string;
    readonly data: unknown;
  }[];
}

/**
 * One stored event of each type and version, as it lies in stores for ever. What is here is frozen: a changed shape is a new
 * `schemaVersion` beside the old one, and both must still be read.
 */
const GOLDEN = JSON.parse(readFileSync(join(__dirname, 'stored-events.golden.json'), 'utf8')) as Golden[];

describe('Stored events', () => {
  it.each(GOLDEN.map((golden) => [`${golden.type} v${golden.schemaVersion}`, golden] as const))(
    '%s is published as ever',
    (_name, { schemaVersion, stream, type, data, published }) => {
      const recorded = {
        id: 'event-1',
        stream,
        type,
        data,
        revision: 0,
        position: '1' as Position,
        recordedAt: '2026-01-01T00:00:00.000Z',
        metadata: { schemaVersion },
      };
      const now = topics
        .filter(({ categories }) => categories.includes(categoryOf(stream)))
        .flatMap(({ topic, toContract }) => {
          const event = toContract(recorded);
          if (event === undefined) return [];
          readContractEvent(topic, event);
          return [{ topic, type: event.type, key: event.key, data: event.data }];
        });
      expect(now).toStrictEqual(published);
    },
  );

  it('cover every event of every topic', () => {
    const covered = new Set(
      GOLDEN.flatMap(({ published }) => published.map(({ topic, type }) => `${topic}/${type}`)),
    );
    const all = Object.entries(TOPICS).flatMap(([topic, events]) =>
      Object.keys(events).map((type) => `${topic}/${type}`),
    );
    expect([...covered].sort()).toEqual(all.sort());
    expect(topics.map(({ topic }) => topic).sort()).toEqual(Object.keys(TOPICS).sort());
  });
});
