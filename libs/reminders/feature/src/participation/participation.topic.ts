import type { ContractEvent, ParticipationNoticeGiven } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'participation-';

export const participationStream = (personId: string): string => `${PREFIX}${personId}`;

/** That persons have been given the notice of participation. */
export const participationTopic: TopicDeclaration = {
  topic: 'reminders.participation.v1',
  categories: ['participation'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (recorded.type !== 'ParticipationNoticeGiven') return undefined;
    const personId = recorded.stream.slice(PREFIX.length);
    const { id, type, revision, position, recordedAt } = recorded;
    const data: ParticipationNoticeGiven = { personId };
    return { id, type, key: personId, revision, position, recordedAt, data };
  },
};
