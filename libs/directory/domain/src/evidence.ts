import { dayAfter, endOfLegalDay, legalDayOf, startOfLegalDay } from '@registry/legal-day';
import type { EvidenceItem, Organization } from './access.events.js';
import { RELATIONSHIP_POLICY, type RelationshipPolicy } from './relationship-policy.js';

/** Something that shows that an organization serves a person, as it became known. Instants are ISO-8601 UTC. */
export type Evidence =
  | { readonly kind: 'own-submission'; readonly receivedAt: string }
  /** Term as the roster has it: legal days, both included. Without a last day it lasts as long as such a roster may. */
  | {
      readonly kind: 'roster';
      readonly receivedAt: string;
      readonly from: string;
      readonly through?: string | undefined;
    }
  /** The provider attests, in a request, that it serves the person. */
  | { readonly kind: 'attestation'; readonly receivedAt: string }
  /** The person lives in the jurisdiction of a community health board. */
  | { readonly kind: 'residence'; readonly receivedAt: string };

/** What a piece of evidence is good for, by policy; undefined: nothing for an organization of this category. */
export const itemOf = (
  evidence: Evidence,
  { category }: Pick<Organization, 'category'>,
  policy: RelationshipPolicy,
): EvidenceItem | undefined => {
  const { kind, receivedAt } = evidence;
  const purposes = policyOf(kind, policy).purposes[category];
  if (purposes === undefined) return undefined;
  const item = { kind, purposes, startsAt: instant(receivedAt) };
  switch (kind) {
    case 'own-submission':
      return { ...item, endsAt: monthsAfter(receivedAt, policy.ownSubmission.months) };
    case 'roster': {
      const startsAt = startOfLegalDay(evidence.from);
      // Nobody knows so early whom an organization will serve; and days at the end of the calendar have no next one.
      if (Date.parse(startsAt) > Date.parse(monthsAfter(receivedAt, policy.roster.longestMonths)))
        return undefined;
      const limit = rosterLimit(later(startsAt, receivedAt), category, policy.roster);
      const { through } = evidence;
      const endsAt =
        through === undefined || through > legalDayOf(limit) ? limit : earlier(endOfLegalDay(through), limit);
      return Date.parse(endsAt) > Date.parse(startsAt) ? { ...item, startsAt, endsAt } : undefined;
    }
    case 'attestation':
      return { ...item, endsAt: daysAfter(receivedAt, policy.attestation.days) };
    case 'residence':
      return { ...item, endsAt: monthsAfter(receivedAt, policy.residence.months) };
  }
};

/** Is this kind of evidence of any use to organizations of a category? */
export const countsFor = (
  kind: Evidence['kind'],
  category: string,
  policy: RelationshipPolicy = RELATIONSHIP_POLICY,
): boolean => policyOf(kind, policy).purposes[category] !== undefined;

/** How much a renewal of this kind must gain to be recorded, in days. */
export const renewalDaysOf = (kind: EvidenceItem['kind'], policy: RelationshipPolicy): number =>
  kind === 'own-submission' || kind === 'residence' ? policyOf(kind, policy).renewalDays : 0;

/**
 * The items with one more: what is of the same kind and purposes and meets becomes one. The order in which items come makes no difference.
 */
export const withItem = (items: readonly EvidenceItem[], added: EvidenceItem): readonly EvidenceItem[] => {
  const merged = items.reduce(
    ({ one, others }, item) =>
      isSameKind(item, one) && item.cutShort !== true && meet(item, one)
        ? { one: { ...one, ...span([item, one]) }, others }
        : { one, others: [...others, item] },
    { one: added, others: [] as readonly EvidenceItem[] },
  );
  return [...merged.others, merged.one].sort(byKindAndStart);
};

export const isSameKind = (one: EvidenceItem, other: EvidenceItem): boolean =>
  one.kind === other.kind && one.purposes.join() === other.purposes.join();

/** Earliest start and latest end; of no items nothing. */
export const span = (terms: readonly Term[]): Term => ({
  startsAt: terms.map(({ startsAt }) => startsAt).reduce(earlier),
  endsAt: terms.map(({ endsAt }) => endsAt).reduce(later),
});

const MS_PER_DAY = 86_400_000;

export const daysBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / MS_PER_DAY;

interface Term {
  readonly startsAt: string;
  readonly endsAt: string;
}

const policyOf = <Kind extends Evidence['kind']>(kind: Kind, policy: RelationshipPolicy) =>
  ({
    'own-submission': policy.ownSubmission,
    roster: policy.roster,
    attestation: policy.attestation,
    residence: policy.residence,
  })[kind];

/** A roster that comes before the school year it is for lasts to that one's end. */
const rosterLimit = (
  from: string,
  category: string,
  { bySchoolYear, schoolYearEnd, longestMonths }: RelationshipPolicy['roster'],
): string => {
  if (!bySchoolYear.includes(category)) return monthsAfter(from, longestMonths);
  const day = legalDayOf(from);
  const year = Number(day.slice(0, 4)) + (day.slice(5) <= schoolYearEnd ? 0 : 1);
  return endOfLegalDay(`${year}-${schoolYearEnd}`);
};

const meet = (one: Term, other: Term): boolean =>
  Date.parse(one.startsAt) <= Date.parse(other.endsAt) &&
  Date.parse(other.startsAt) <= Date.parse(one.endsAt);

const byKindAndStart = (one: EvidenceItem, other: EvidenceItem): number => {
  const keys = [one, other].map(({ kind, purposes, startsAt }) => `${kind}|${startsAt}|${purposes.join()}`);
  return keys[0] === keys[1] ? 0 : (keys[0] ?? '') < (keys[1] ?? '') ? -1 : 1;
};

const earlier = (one: string, other: string): string => (Date.parse(one) <= Date.parse(other) ? one : other);
const later = (one: string, other: string): string => (Date.parse(one) >= Date.parse(other) ? one : other);

/** One way of writing an instant, so that equal states are equal texts. */
const instant = (text: string): string => new Date(text).toISOString();

const daysAfter = (at: string, days: number): string => {
  const text = instant(at);
  return dayAfter(text.slice(0, 10), days) + text.slice(10);
};

/** Ends on the last day of a shorter month. */
export const monthsAfter = (at: string, months: number): string => {
  const text = instant(at);
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7)) - 1 + months;
  const day = Number(text.slice(8, 10));
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const date = new Date(Date.UTC(year, month, Math.min(day, lastDay)));
  return date.toISOString().slice(0, 10) + text.slice(10);
};
