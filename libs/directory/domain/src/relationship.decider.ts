import { assertNever, type AccessEvent, type Organization, type Relationship } from './access.events.js';

/** Policy data: how long an own submission is evidence, and how often it renews (DOMAIN 2.3, DESIGN.md Streams). */
export interface RelationshipPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly ownSubmissionMonths: number;
  readonly renewalDays: number;
}

export const RELATIONSHIP_POLICY: RelationshipPolicy = {
  version: '1',
  effective: '2026-01-01',
  ownSubmissionMonths: 24,
  renewalDays: 30,
};

export type RelationshipCommand = {
  readonly type: 'NoteOwnSubmission';
  readonly organization: Organization | undefined;
  readonly personId: string;
  /** Used if this starts the relationship: random, so that it tells nothing. */
  readonly newRegistryId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
};

/** @param state the relationship at its stream's head; undefined before its first event */
export const decideRelationship = (
  command: RelationshipCommand,
  state: Relationship | undefined,
  policy: RelationshipPolicy = RELATIONSHIP_POLICY,
): AccessEvent[] => {
  switch (command.type) {
    case 'NoteOwnSubmission': {
      const { organization, personId, receivedAt } = command;
      // Only for providers is a submission evidence of service.
      if (organization?.category !== 'provider') return [];
      const endsAt = monthsAfter(receivedAt, policy.ownSubmissionMonths);
      if (state === undefined) {
        return [
          {
            type: 'RelationshipStarted',
            data: {
              state: {
                organizationId: organization.organizationId,
                personId,
                registryId: command.newRegistryId,
                evidence: 'own-submission',
                purposes: ['treatment'],
                startsAt: receivedAt,
                endsAt,
              },
            },
          },
        ];
      }
      if (daysBetween(state.endsAt, endsAt) < policy.renewalDays) return [];
      return [{ type: 'RelationshipRenewed', data: { state: { ...state, endsAt } } }];
    }
    default:
      return assertNever(command.type);
  }
};

const MS_PER_DAY = 86_400_000;

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / MS_PER_DAY;

const monthsAfter = (instant: string, months: number): string => {
  const year = Number(instant.slice(0, 4));
  const month = Number(instant.slice(5, 7)) - 1 + months;
  const day = Number(instant.slice(8, 10));
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const date = new Date(Date.UTC(year, month, Math.min(day, lastDay)));
  return date.toISOString().slice(0, 10) + instant.slice(10);
};
