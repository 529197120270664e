import { readContractEvent } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import {
  derivedEventId,
  reactor,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { RequestRepository } from './request.repository.js';

const GROUP = 'privacy-replacement';
const PAGE = 500;

/** Requests about one person, in the order they came. Named by a keyed hash. */
const subjectStream = (subject: string): string => `requestSubject-${subject}`;

export interface ReplacementParts {
  readonly store: EventStore;
  readonly requests: RequestRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

/** At most one open request a person: a newer one replaces those before it that are open (DOMAIN 4.1). */
export const replacementReactor = ({ store, requests, ...parts }: ReplacementParts): Consumer =>
  reactor(parts.messaging, {
    group: GROUP,
    topics: ['privacy.requests.v1'],
    readModel: parts.readModel,
    onTrouble: parts.onTrouble,
    react: async ({ event: delivered }) => {
      const event = readContractEvent('privacy.requests.v1', delivered);
      if (event.type !== 'PrivacyRequestProgressed') return;
      const { requestId, submitted } = event.data;
      if (submitted?.subject === undefined || submitted.change === 'view') return;
      const stream = subjectStream(submitted.subject);
      await store.append(stream, 'any', [
        {
          id: derivedEventId(GROUP, event.id),
          type: 'RequestOfSubject',
          data: { requestId },
          metadata: { schemaVersion: 1, causationId: event.id, actor: GROUP },
        },
      ]);
      for (const earlier of await earlierThan(store, stream, requestId))
        await requests.react(earlier, { type: 'ReplaceRequest', by: requestId }, event.id, GROUP);
    },
  });

const earlierThan = async (store: EventStore, stream: string, requestId: string): Promise<string[]> => {
  const earlier: string[] = [];
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(stream, { from, limit: PAGE });
    for (const { data } of page) {
      if (data['requestId'] === requestId) return earlier;
      earlier.push(data['requestId'] as string);
    }
    if (page.length < PAGE) return earlier;
  }
};
