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
      if (submitted?.subject === undefined) return;
      await store.append(subjectStream(submitted.subject), 'any', [
        {
          id: derivedEventId(GROUP, event.id),
          type: 'RequestOfSubject',
          data: { requestId },
          metadata: { schemaVersion: 1, causationId: event.id, actor: GROUP },
        },
      ]);
      // A look at the own record changes nothing, and takes no place.
      if (submitted.change === 'view') return;
      for (const earlier of await earlierThan(store, submitted.subject, requestId))
        await requests.react(earlier, { type: 'ReplaceRequest', by: requestId }, event.id, GROUP);
    },
  });

const earlierThan = async (store: EventStore, subject: string, requestId: string): Promise<string[]> => {
  const all = await requestsOfSubject(store, subject);
  return all.slice(0, all.indexOf(requestId));
};

/** Ids of the requests about one person, as far as forms tell, in the order they came. */
export const requestsOfSubject = async (store: EventStore, subject: string): Promise<string[]> => {
  const ids: string[] = [];
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(subjectStream(subject), { from, limit: PAGE });
    ids.push(...page.map(({ data }) => data['requestId'] as string));
    if (page.length < PAGE) return ids;
  }
};
