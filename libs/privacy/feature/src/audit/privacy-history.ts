import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { KEY_RING, type KeyRing } from '@registry/content-keys';
import { EVENT_STORE, type EventStore, type RecordedEvent } from '@registry/event-store';
import {
  evolvePrivacy,
  initialPrivacyState,
  type PrivacyEvent,
  type PrivacyState,
} from '@registry/privacy-domain';
import { privacyStream } from '@registry/privacy-gate';
import { RequestRepository } from '../request/request.repository.js';
import { personOf, pseudonymOf } from './pseudonym.js';

/** One event of a person's privacy history, as an auditor sees it. */
export interface HistoryEntry {
  readonly revision: number;
  readonly recordedAt: string;
  readonly type: string;
  readonly actor?: string;
  readonly data: RecordedEvent['data'];
}

export interface PrivacyHistory {
  readonly pseudonym: string;
  /** The setting after the last entry shown. */
  readonly state: PrivacyState;
  readonly entries: readonly HistoryEntry[];
  /** Pass as `from` for the next page; absent on the last one. */
  readonly next?: number;
}

export interface AuditCase {
  readonly requestId: string;
  readonly status: string;
  /** Once the request was applied. */
  readonly pseudonym?: string;
  readonly entries: readonly {
    readonly type: string;
    readonly recordedAt: string;
    readonly actor?: string;
  }[];
}

const PAGE = 500;

/** What auditors may see: who did what to whose setting and disclosures, under pseudonyms; no names, no doses. */
@Injectable()
export class PrivacyHistoryQuery {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    private readonly requests: RequestRepository,
  ) {}

  /** The case of one request: how auditors come by a pseudonym. @throws NotFoundException */
  async caseOf(requestId: string): Promise<AuditCase> {
    const { state, events } = await this.requests.load(requestId);
    if (state.status === 'absent') throw new NotFoundException();
    return {
      requestId,
      status: state.status,
      ...(state.status === 'applied' ? { pseudonym: pseudonymOf(this.keys, state.personId) } : {}),
      entries: events.map(({ type, recordedAt, metadata }) => ({
        type,
        recordedAt,
        ...actorOf(metadata.actor),
      })),
    };
  }

  /**
   * Replays a person's privacy stream.
   * @param asOf ISO-8601 UTC: only what was recorded until then @param from revision to start the page at
   * @throws NotFoundException
   */
  async historyOf(pseudonym: string, asOf: string | undefined, from: number): Promise<PrivacyHistory> {
    const personId = personOf(this.keys, pseudonym);
    const recorded =
      personId === undefined ? [] : await this.store.read(privacyStream(personId), { from, limit: PAGE });
    if (recorded.length === 0) throw new NotFoundException();
    const shown = asOf === undefined ? recorded : recorded.filter((event) => event.recordedAt <= asOf);
    const before = from === 0 ? initialPrivacyState : await this.stateBefore(personId ?? '', from);
    const state = shown.reduce(
      (current, event) => evolvePrivacy(current, event as unknown as PrivacyEvent, event.revision),
      before,
    );
    const last = shown.at(-1);
    const more = shown.length === PAGE && last !== undefined;
    return {
      pseudonym,
      state: this.pseudonymous(state, personId ?? ''),
      entries: shown.map(({ revision, recordedAt, type, data, metadata }) => ({
        revision,
        recordedAt,
        type,
        ...actorOf(metadata.actor),
        data: this.pseudonymous(data, personId ?? ''),
      })),
      ...(more ? { next: last.revision + 1 } : {}),
    };
  }

  /** An auditor gets pseudonyms instead of person ids, of this person and of others, also where they are parts of stream names. */
  private pseudonymous<T>(value: T, personId: string): T {
    const ids = new Set([personId, ...personIdsIn(value)].filter((id) => id !== ''));
    let text = JSON.stringify(value);
    for (const id of ids) text = text.replaceAll(id, pseudonymOf(this.keys, id));
    return JSON.parse(text) as T;
  }

  private async stateBefore(personId: string, revision: number): Promise<PrivacyState> {
    const earlier = await this.store.read(privacyStream(personId), { limit: revision });
    return earlier.reduce(
      (current, event) => evolvePrivacy(current, event as unknown as PrivacyEvent, event.revision),
      initialPrivacyState,
    );
  }
}

const actorOf = (actor: string | undefined): { readonly actor?: string } =>
  actor === undefined ? {} : { actor };

/** Fields of events that hold ids of persons: of a merge, of candidates, of whom a requester was verified for. */
const PERSON_FIELDS: readonly string[] = [
  'survivorId',
  'absorbedId',
  'verifiedFor',
  'candidates',
  'knownAs',
  'answeredAs',
  'personId',
];

const personIdsIn = (value: unknown, field = ''): string[] => {
  if (typeof value === 'string') {
    if (PERSON_FIELDS.includes(field)) return [value];
    // Whom somebody was known as is in the name of the stream that says whom it follows.
    return field === 'stream' && value.startsWith(PRIVACY) ? [value.slice(PRIVACY.length)] : [];
  }
  if (Array.isArray(value)) return value.flatMap((each) => personIdsIn(each, field));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => personIdsIn(each, name));
};

const PRIVACY = privacyStream('');
