import { Inject, Injectable } from '@nestjs/common';
import {
  accessStreams,
  AgreementState,
  agreementTermAt,
  OrganizationState,
  SiteState,
  validatorOf,
} from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import type { Holder } from '@registry/privacy-domain';
import { readPrivacyHead, survivorOf } from '@registry/privacy-gate';
import { CLOCK, type Clock } from '@registry/runtime';
import { oweNotice } from '../notice/person-notice.js';
import { openTask } from '../task/open-task.js';
import { allHolders, lockedTo, nameHolder } from './holder-journal.js';

const GROUP = 'privacy-holders';

/** What became of a holder, and since when, which tells one lapse from the next. */
interface Trouble {
  readonly kind: 'holder-closed' | 'holder-acquired' | 'holder-lapsed';
  readonly since: string;
}

const readOrganization = validatorOf('OrganizationState', OrganizationState);
const readSite = validatorOf('SiteState', SiteState);
const readAgreement = validatorOf('AgreementState', AgreementState);

/**
 * Holders of locks that closed, were acquired, or whose agreement lapsed: the lock stays, never widens and never follows; the person and
 * the help desk are told, once for each (DOMAIN 3.2).
 */
@Injectable()
export class HolderTrouble {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A person has locked a record to the holder: it may be in trouble already, or get into it at this moment. @throws StoreUnavailable */
  async lookAtLock(personId: string, holder: Holder): Promise<void> {
    await nameHolder(this.store, personId, holder);
    const trouble = await this.troubleOf(holder);
    if (trouble !== undefined) await this.tell(personId, holder.organizationId, trouble);
  }

  /** An organization, one of its sites or its agreement changed. @throws StoreUnavailable */
  async lookAtHolder(organizationId: string): Promise<void> {
    for (const personId of await lockedTo(this.store, organizationId)) {
      const survivorId = await survivorOf(this.store, personId);
      const { state } = await readPrivacyHead(this.store, survivorId);
      if (state.status !== 'opened' || state.setting.lock.kind !== 'only') continue;
      const holder = state.setting.lock;
      if (holder.organizationId !== organizationId) continue;
      const trouble = await this.troubleOf(holder);
      if (trouble !== undefined) await this.tell(survivorId, organizationId, trouble);
    }
  }

  /** Nothing happens when a term runs out, so the holders are looked through by time. @throws StoreUnavailable */
  async sweepLapsed(): Promise<void> {
    const holders = await allHolders(this.store);
    if (holders.length === 0) return;
    const heads = await this.store.heads(holders.map(accessStreams.agreement));
    for (const [index, organizationId] of holders.entries())
      if (this.lapsedAt(heads[index]?.data['state']) !== undefined) await this.lookAtHolder(organizationId);
  }

  private async troubleOf({ organizationId, siteCode }: Holder): Promise<Trouble | undefined> {
    const [organization, agreement, site] = await this.store.heads([
      accessStreams.organization(organizationId),
      accessStreams.agreement(organizationId),
      ...(siteCode === undefined ? [] : [accessStreams.site(siteCode)]),
    ]);
    if (organization !== undefined) {
      const { status } = readOrganization(organization.data['state']);
      // Closing and acquisition are for good, so one of each is all there can be.
      if (status !== 'active') return { kind: `holder-${status}`, since: status };
    }
    if (site !== undefined && readSite(site.data['state']).status === 'closed')
      return { kind: 'holder-closed', since: `site ${String(siteCode)} ${site.revision}` };
    const lapsedAt = this.lapsedAt(agreement?.data['state']);
    return lapsedAt === undefined ? undefined : { kind: 'holder-lapsed', since: lapsedAt };
  }

  /** When the last term ended; undefined: one is in force or to come, or there never was any. */
  private lapsedAt(state: unknown): string | undefined {
    if (state === undefined) return undefined;
    const { endsAt } = agreementTermAt(readAgreement(state), this.clock.now().toISOString());
    return Date.parse(endsAt) <= this.clock.now().getTime() ? endsAt : undefined;
  }

  private async tell(personId: string, organizationId: string, { kind, since }: Trouble): Promise<void> {
    const causationId = derivedEventId(GROUP, organizationId, kind, since, personId);
    const openedAt = this.clock.now().toISOString();
    await openTask(this.store, { kind, personId, about: organizationId, openedAt }, causationId);
    await oweNotice(this.store, personId, { code: kind, about: organizationId }, causationId);
  }
}
