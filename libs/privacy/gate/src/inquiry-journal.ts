import { randomUUID } from 'node:crypto';
import { hmac, seal, type KeyRing } from '@registry/content-keys';
import type { EventStore } from '@registry/event-store';
import type { PurposeOfUse } from '@registry/contracts';
import type { GateClock } from './gate-clock.js';
import type { Requester } from './decision.js';

/** What was asked, apart from by whom and what for. */
export interface Inquiry {
  readonly form: 'read' | 'search';
  /** What the requester named the person by; kept as one HMAC only. */
  readonly terms: readonly string[];
}

export interface JournaledRequest {
  readonly requester: Requester;
  readonly purpose: PurposeOfUse;
  readonly personId: string;
  readonly inquiry: Inquiry;
}

/** Every inquiry leaves one entry of one shape, whether it was answered, refused, or about nobody. */
export interface InquiryJournal {
  /** Resolves when durable. @throws StoreUnavailable @throws AppendOutcomeUnknown */
  append(request: JournaledRequest, inquiryId: string): Promise<void>;
}

/**
 * The journal in the event store: one stream per client, UTC day and writing process. Processes that shared one would
 * wait for each other at every inquiry of a busy client. The subject is sealed and always the same length,
 * so that the journal does not tell a person from a decoy; an entry without a `RecordDisclosed` of its inquiry id was refused.
 */
export class StoredInquiryJournal implements InquiryJournal {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyRing,
    private readonly clock: Pick<GateClock, 'now'>,
    /** Names the process in the stream. */
    private readonly writer: string = randomUUID().slice(0, 8),
  ) {}

  async append(
    { requester, purpose, personId, inquiry }: JournaledRequest,
    inquiryId: string,
  ): Promise<void> {
    const day = this.clock.now().toISOString().slice(0, 10);
    const { version, key } = this.keys.current('journal');
    await this.store.append(`inquiries-${requester.clientId}-${day}-${this.writer}`, 'any', [
      {
        id: inquiryId,
        type: 'InquiryMade',
        data: {
          form: inquiry.form,
          purpose,
          organizationId: requester.organizationId,
          // As stated, so that a refused inquiry names the user, too (DOMAIN 2.2): whether there is such a user is decided elsewhere.
          ...(requester.userId === undefined ? {} : { userId: requester.userId }),
          subject: seal(key, inquiryId, personId),
          terms: hmac(key, 'inquiry-terms', ...inquiry.terms),
          keyVersion: version,
        },
        metadata: { schemaVersion: 1, actor: requester.clientId },
      },
    ]);
  }
}
