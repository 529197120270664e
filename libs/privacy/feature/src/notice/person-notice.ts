import type { PersonNoticeCode } from '@registry/contracts';
import { RevisionConflict, type EventStore, type RecordedEvent } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';

/** What a person is to be told: a journal of its own, so that it does not stand in the way of the gate. */
export const noticeStream = (personId: string): string => `notice-${personId}`;

const GROUP = 'privacy-notices';
const PAGE = 500;

export interface NoticeOwed {
  readonly code: PersonNoticeCode;
  /** What it is about, such as the id of an organization. */
  readonly about?: string;
}

/** Owes the person a notice; a repeat from the same cause owes none. */
export const oweNotice = async (
  store: EventStore,
  personId: string,
  notice: NoticeOwed,
  causationId: string,
): Promise<void> => {
  const stream = noticeStream(personId);
  const id = derivedEventId(GROUP, causationId, personId, notice.code);
  for (;;) {
    const owed = await noticesOf(store, personId);
    if (owed.some((event) => event.id === id)) return;
    try {
      await store.append(stream, owed.at(-1)?.revision ?? 'none', [
        {
          id,
          type: 'PersonNoticeOwed',
          data: { ...notice },
          metadata: { schemaVersion: 1, causationId, actor: GROUP },
        },
      ]);
      return;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
};

/** Every notice of a person, oldest first. */
export const noticesOf = async (store: EventStore, personId: string): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await store.read(noticeStream(personId), { from: all.length, limit: PAGE });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
};
