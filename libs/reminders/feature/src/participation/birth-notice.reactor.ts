import { sealedHeads, type KeyReader } from '@registry/content-keys';
import {
  accessStreams,
  ClientState,
  readContractEvent,
  SubmissionContent,
  submissionStream,
  validatorOf,
  type SubmissionLinked,
} from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import {
  batchReactor,
  derivedEventId,
  type Consumer,
  type ConsumerTrouble,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import type { ParticipationNoticeGivenData } from '@registry/reminders-domain';
import { participationStream } from './participation.topic.js';

const GROUP = 'reminders-birth-notices';

const readClient = validatorOf('ClientState', ClientState);
const readContent = validatorOf('SubmissionContent', SubmissionContent);

/**
 * The Parent Notice comes with the official birth record (DOMAIN 4.5): issuer and version of the form are taken from it, in memory. Only what
 * the Office of Vital Records sends is opened.
 */
export const birthNoticeReactor = (
  store: EventStore,
  keys: KeyReader,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  batchReactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const links = deliveries.flatMap(({ event: delivered }) => {
        const event = readContractEvent('identity.decisions.v1', delivered);
        return event.type === 'SubmissionLinked' ? [event.data] : [];
      });
      const offices = await officesAmong(store, links);
      const births = links.filter(({ clientId }) => offices.has(clientId));
      if (births.length === 0) return;
      const streams = births.map(({ submissionId }) => submissionStream(submissionId));
      const contentOf = await sealedHeads(store, keys, streams);
      const results = await Promise.allSettled(
        births.map(async ({ personId, submissionId }) => {
          const content = contentOf(submissionStream(submissionId));
          if (content === undefined) return;
          const { vital } = readContent(content.json);
          if (vital?.notice === undefined) return;
          const { issuer, formVersion } = vital.notice;
          const data: ParticipationNoticeGivenData = { channel: 'birth-record', issuer, formVersion };
          const id = derivedEventId(GROUP, submissionId);
          // A journal: which of two notices was first has no meaning.
          await store.append(participationStream(personId), 'any', [
            {
              id,
              type: 'ParticipationNoticeGiven',
              data,
              metadata: { schemaVersion: 1, causationId: id, actor: GROUP },
            },
          ]);
        }),
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  });

const officesAmong = async (
  store: EventStore,
  links: readonly SubmissionLinked[],
): Promise<ReadonlySet<string>> => {
  const clientIds = [...new Set(links.map(({ clientId }) => clientId))];
  if (clientIds.length === 0) return new Set();
  const heads = await store.heads(clientIds.map(accessStreams.client));
  return new Set(
    clientIds.filter((_id, index) => {
      const head = heads[index];
      return head !== undefined && readClient(head.data['state']).roles.includes('vital-records');
    }),
  );
};
