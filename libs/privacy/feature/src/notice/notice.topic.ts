import type { ContractEvent, PersonNoticeCode, PersonNoticeOwed } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';

const PREFIX = 'notice-';

/** What persons are to be told, for whoever tells them. */
export const noticeTopic: TopicDeclaration = {
  topic: 'privacy.notices.v1',
  categories: ['notice'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (recorded.type !== 'PersonNoticeOwed') return undefined;
    const personId = recorded.stream.slice(PREFIX.length);
    const { id, type, revision, position, recordedAt } = recorded;
    const data: PersonNoticeOwed = {
      noticeId: id,
      personId,
      code: recorded.data['code'] as PersonNoticeCode,
    };
    return { id, type, key: personId, revision, position, recordedAt, data };
  },
};
