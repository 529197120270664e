import { legalDaysUntil } from '@registry/legal-day';
import {
  assertNever,
  sameState,
  type AccessEvent,
  type Agreement,
  type AgreementTerm,
  type Organization,
} from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { activeOrganization } from './organization.decider.js';

/** Policy data: how many legal days before the end of a term its renewal is called for. */
export interface RenewalPolicy {
  readonly name: string;
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Longest first. */
  readonly warningDays: readonly number[];
}

export const RENEWAL_POLICY: RenewalPolicy = {
  name: 'agreement-renewal',
  version: '1',
  effective: '2026-01-01',
  warningDays: [90, 30, 7],
};

export type AgreementCommand =
  /** The first term, or a renewal: it takes the place of the present one at its start, or at once if that has come. */
  | {
      readonly type: 'SignAgreement';
      readonly organizationId: string;
      readonly term: AgreementTerm;
      readonly organization: Organization | undefined;
      /** Organizations of the covered sites. */
      readonly siteOrganizationIds: readonly (string | undefined)[];
      readonly at: string;
    }
  /** @param at ISO-8601 UTC: nothing may be read from then on, by a renewal that was signed already neither */
  | { readonly type: 'EndAgreement'; readonly at: string }
  /** Due or not: whoever sweeps may ask as often as it likes. */
  | { readonly type: 'WarnOfEnd'; readonly at: string };

/** @param state the agreement at its stream's head; undefined before its first event */
export const decideAgreement = (
  command: AgreementCommand,
  state: Agreement | undefined,
  policy: RenewalPolicy = RENEWAL_POLICY,
): AccessEvent[] => {
  switch (command.type) {
    case 'SignAgreement':
      return sign(command, state);
    case 'EndAgreement': {
      if (state === undefined) throw new DirectoryError('DIRECTORY.AGREEMENT_MISSING');
      const { next, ...present } = presentAgreement(state, command.at);
      if (next === undefined && !isAfter(present.endsAt, command.at)) return [];
      const endsAt = isAfter(present.endsAt, command.at) ? command.at : present.endsAt;
      return [{ type: 'AgreementEnded', data: { state: { ...present, endsAt } } }];
    }
    case 'WarnOfEnd': {
      if (state === undefined) return [];
      const present = presentAgreement(state, command.at);
      const days = warningDue(present, command.at, policy);
      if (days === undefined) return [];
      const renewalWarned = { days, policy: `${policy.name}@${policy.version}` };
      return [{ type: 'AgreementRenewalDue', data: { state: { ...present, renewalWarned } } }];
    }
    default:
      return assertNever(command);
  }
};

/** The agreement as it stands at an instant: a renewal that has started is its present term. */
export const presentAgreement = (state: Agreement, at: string): Agreement => {
  const { next, organizationId } = state;
  return next === undefined || isAfter(next.startsAt, at) ? state : { organizationId, ...next };
};

const sign = (
  {
    organizationId,
    term,
    organization,
    siteOrganizationIds,
    at,
  }: AgreementCommand & { type: 'SignAgreement' },
  state: Agreement | undefined,
): AccessEvent[] => {
  activeOrganization(organization);
  if (!isAfter(term.endsAt, term.startsAt)) throw new DirectoryError('DIRECTORY.AGREEMENT_TERM_EMPTY');
  if (siteOrganizationIds.some((owner) => owner !== organizationId))
    throw new DirectoryError('DIRECTORY.SITE_OF_ANOTHER');
  const signed: Agreement = { organizationId, ...term };
  if (state === undefined) return [{ type: 'AgreementSigned', data: { state: signed } }];
  const present = presentAgreement(state, at);
  const { organizationId: _, next, renewalWarned: _warned, ...presentTerm } = present;
  if (sameState(term, next) || sameState(term, presentTerm)) return [];
  const later = isAfter(term.startsAt, at) && isAfter(term.startsAt, present.startsAt);
  return [{ type: 'AgreementRenewed', data: { state: later ? { ...present, next: term } : signed } }];
};

/**
 * The shortest notice that is due and not given; undefined: none. Longer ones that were missed, because the term is short or nobody
 * swept, are not made up for. None where a renewal takes over before the end.
 */
const warningDue = (
  { startsAt, endsAt, next, renewalWarned }: Agreement,
  at: string,
  { warningDays }: RenewalPolicy,
): number | undefined => {
  if (isAfter(startsAt, at) || !isAfter(endsAt, at)) return undefined;
  if (next !== undefined && !isAfter(next.startsAt, endsAt)) return undefined;
  const left = legalDaysUntil(endsAt, at);
  const due = warningDays.filter((days) => left <= days);
  if (due.length === 0) return undefined;
  const days = Math.min(...due);
  return renewalWarned !== undefined && renewalWarned.days <= days ? undefined : days;
};

/** As instants: as text, `…:00Z` would come after `…:00.999Z`. */
const isAfter = (one: string, other: string): boolean => Date.parse(one) > Date.parse(other);
