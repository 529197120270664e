import { Inject, Injectable } from '@nestjs/common';
import { accessStreams, type OrganizationState, type SiteState } from '@registry/contracts';
import { EVENT_STORE, type EventStore, type RecordedEvent } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import type { PrivacySetting, RecordDisclosedData, RecordHandledData } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead, survivorOf } from '@registry/privacy-gate';
import { partsOf, settingHistory } from '../merge/setting-history.js';
import { noticesOf } from '../notice/person-notice.js';
import { PRIVACY_READ_MODEL } from '../read-model.js';
import { Receipts, type Receipt } from '../request/receipt.js';
import { requestsOfSubject } from '../request/replacement.reactor.js';
import { RequestRepository } from '../request/request.repository.js';
import type { Individual } from './own-access.js';

export interface OwnSettings {
  readonly lockedTo: { readonly organization: string; readonly site?: string } | 'nobody' | null;
  readonly optedOut: boolean;
  readonly remindersDeclined: boolean;
  /** Which messages stop: `call`, `message`, `recall`, `reminder`. */
  readonly stopped: readonly string[];
  /** Somebody has to look whether two records are one. */
  readonly underReview: boolean;
}

/** Who looked. Instants are ISO-8601 UTC. */
export interface OwnDisclosure {
  readonly at: string;
  readonly kind: 'disclosed' | 'handled-by-staff' | 'own-view';
  readonly organization?: string;
  readonly purpose?: string;
  /** A user of the organization was named. */
  readonly byUser?: boolean;
  readonly fields?: readonly string[];
}

const PAGE = 200;

/** What the registry keeps about a person's privacy, for the person. */
@Injectable()
export class OwnView {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PRIVACY_READ_MODEL) private readonly readModel: ReadModel,
    private readonly requests: RequestRepository,
    private readonly receipts: Receipts,
  ) {}

  async settings({ personId }: Individual): Promise<OwnSettings> {
    const { state } = await readPrivacyHead(this.store, await survivorOf(this.store, personId));
    if (state.status !== 'opened') return NO_SETTINGS;
    const { setting, review } = state;
    return {
      lockedTo: await this.holderOf(setting),
      optedOut: setting.optedOut,
      remindersDeclined: ['recall', 'reminder'].every((each) =>
        setting.stopped.some((stop) => stop === each),
      ),
      stopped: setting.stopped,
      underReview: review !== undefined,
    };
  }

  /** Requests about the person: those that changed the setting, and those with the same form data. */
  async requestsOf({ personId, requestId }: Individual): Promise<readonly Receipt[]> {
    const ids = new Set([requestId]);
    for (const part of await this.partsOf(personId)) {
      for (const { data } of await settingHistory(this.store, part))
        if (data.cause.kind === 'request') ids.add(data.cause.requestId);
    }
    const { events } = await this.requests.load(requestId);
    const subject = events[0]?.data['subject'];
    if (typeof subject === 'string')
      for (const id of await requestsOfSubject(this.store, subject)) ids.add(id);
    const receipts = await Promise.all([...ids].map((id) => this.receipts.of(id)));
    return receipts.sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1));
  }

  /**
   * Who looked, oldest first, in the history of each person that is one with this one now.
   * @param after the `next` of the page before
   */
  async disclosures(
    { personId }: Individual,
    after: string | undefined,
  ): Promise<{ readonly disclosures: readonly OwnDisclosure[]; readonly next?: string }> {
    const parts = [...(await this.partsOf(personId))];
    const [place = 0, from = 0] = (after ?? '').split('.').map((part) => Math.max(0, Number(part) || 0));
    for (let index = place, start = from; index < parts.length; index += 1, start = 0) {
      const events = await this.store.read(privacyStream(parts[index] ?? ''), { from: start, limit: PAGE });
      const last = events.at(-1);
      if (last === undefined) continue;
      const next =
        events.length === PAGE
          ? `${index}.${last.revision + 1}`
          : index + 1 < parts.length
            ? `${index + 1}.0`
            : undefined;
      return {
        disclosures: await this.described(events),
        ...(next === undefined ? {} : { next }),
      };
    }
    return { disclosures: [] };
  }

  async suppressed({
    personId,
  }: Individual): Promise<readonly { readonly organization: string; readonly month: string }[]> {
    const parts = [...(await this.partsOf(personId))];
    const rows = await this.readModel.select<{ organizationId: string; month: string }>(
      `SELECT organization_id AS "organizationId", month FROM suppressed_submission
        WHERE person_id IN (${parts.map(() => '?').join(', ')}) ORDER BY month, submission_id`,
      parts,
    );
    const names = await this.namesOf(rows.map(({ organizationId }) => organizationId));
    return rows.map(({ organizationId, month }) => ({
      organization: names.get(organizationId) ?? organizationId,
      month,
    }));
  }

  async notices({
    personId,
  }: Individual): Promise<readonly { readonly at: string; readonly code: string }[]> {
    const all: RecordedEvent[] = [];
    for (const part of await this.partsOf(personId)) all.push(...(await noticesOf(this.store, part)));
    return all.map(({ recordedAt, data }) => ({ at: recordedAt, code: data['code'] as string }));
  }

  private async partsOf(personId: string): Promise<ReadonlySet<string>> {
    return partsOf(this.store, await survivorOf(this.store, personId));
  }

  private async holderOf({ lock }: PrivacySetting): Promise<OwnSettings['lockedTo']> {
    if (lock.kind === 'none') return null;
    if (lock.kind === 'nobody') return 'nobody';
    const { organizationId, siteCode } = lock;
    const organization = (await this.namesOf([organizationId])).get(organizationId) ?? organizationId;
    if (siteCode === undefined) return { organization };
    const [head] = await this.store.heads([accessStreams.site(siteCode)]);
    const site = head?.data['state'] as SiteState | undefined;
    return { organization, site: site?.name ?? siteCode };
  }

  private async described(events: readonly RecordedEvent[]): Promise<OwnDisclosure[]> {
    const names = await this.namesOf(
      events.flatMap(({ type, data }) =>
        type === 'RecordDisclosed' ? [(data as unknown as RecordDisclosedData).organizationId] : [],
      ),
    );
    return events.flatMap(({ type, data, recordedAt: at }): OwnDisclosure[] => {
      switch (type) {
        case 'RecordDisclosed': {
          const { organizationId, purpose, userId, fields } = data as unknown as RecordDisclosedData;
          const organization = names.get(organizationId) ?? organizationId;
          return [{ at, kind: 'disclosed', organization, purpose, byUser: userId !== undefined, fields }];
        }
        case 'RecordHandled': {
          const { task, fields } = data as unknown as RecordHandledData;
          return [{ at, kind: 'handled-by-staff', purpose: task, fields }];
        }
        case 'OwnRecordViewed':
          return [{ at, kind: 'own-view' }];
        default:
          return [];
      }
    });
  }

  private async namesOf(organizationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const ids = [...new Set(organizationIds)];
    const heads = ids.length === 0 ? [] : await this.store.heads(ids.map(accessStreams.organization));
    return new Map(
      ids.flatMap((id, index) => {
        const state = heads[index]?.data['state'] as OrganizationState | undefined;
        return state === undefined ? [] : [[id, state.name] as const];
      }),
    );
  }
}

const NO_SETTINGS: OwnSettings = {
  lockedTo: null,
  optedOut: false,
  remindersDeclined: false,
  stopped: [],
  underReview: false,
};
