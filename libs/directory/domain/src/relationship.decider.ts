import {
  assertNever,
  sameState,
  type AccessEvent,
  type EvidenceItem,
  type Organization,
  type Relationship,
} from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { daysBetween, isSameKind, itemOf, renewalDaysOf, span, withItem, type Evidence } from './evidence.js';
import { RELATIONSHIP_POLICY, type RelationshipPolicy } from './relationship-policy.js';

/** Codes, the first four as PD1-16 has them (HL7 table 0441: I, L, M, P). */
export const RELATIONSHIP_END_REASONS = [
  'inactive',
  'lost-to-follow-up',
  'moved',
  'permanently-inactive',
  'entered-in-error',
  'asked-by-organization',
  'asked-by-person',
] as const;
export type RelationshipEndReason = (typeof RELATIONSHIP_END_REASONS)[number];

export type RelationshipCommand =
  | {
      readonly type: 'NoteEvidence';
      /** Undefined: not known to the directory, so nothing follows. */
      readonly organization: Pick<Organization, 'organizationId' | 'category'> | undefined;
      readonly personId: string;
      /** Used if this starts the relationship: random, so that it tells nothing. */
      readonly newRegistryId: string;
      readonly evidence: Evidence;
    }
  /** The person lives outside a community health board's jurisdiction since. */
  | { readonly type: 'EndResidence'; readonly receivedAt: string }
  /** @param at ISO-8601 UTC: what was received until then is evidence no more */
  | { readonly type: 'EndRelationship'; readonly at: string; readonly reason: RelationshipEndReason };

/** @param state the relationship at its stream's head; undefined before its first event */
export const decideRelationship = (
  command: RelationshipCommand,
  state: Relationship | undefined,
  policy: RelationshipPolicy = RELATIONSHIP_POLICY,
): AccessEvent[] => {
  switch (command.type) {
    case 'NoteEvidence':
      return note(command, state, policy);
    case 'EndResidence': {
      const { receivedAt } = command;
      if (state === undefined) return [];
      const items = state.items.map((item) =>
        item.kind === 'residence' && isBefore(item.startsAt, receivedAt) && isBefore(receivedAt, item.endsAt)
          ? { ...item, endsAt: receivedAt, cutShort: true as const }
          : item,
      );
      if (sameState(items, state.items)) return [];
      return [{ type: 'RelationshipEvidenceEnded', data: { state: withItems(state, items) } }];
    }
    case 'EndRelationship': {
      const { at, reason } = command;
      if (state === undefined) throw new DirectoryError('DIRECTORY.RELATIONSHIP_UNKNOWN');
      if (state.items.length === 0) return [];
      const endsAt = isBefore(at, state.endsAt) ? at : state.endsAt;
      const ended: Relationship = { ...state, items: [], purposes: [], endsAt, ended: { at, reason } };
      return [{ type: 'RelationshipEnded', data: { state: ended } }];
    }
    default:
      return assertNever(command);
  }
};

const note = (
  {
    organization,
    personId,
    newRegistryId,
    evidence,
  }: RelationshipCommand & { readonly type: 'NoteEvidence' },
  state: Relationship | undefined,
  policy: RelationshipPolicy,
): AccessEvent[] => {
  const item = organization && itemOf(evidence, organization, policy);
  if (organization === undefined || item === undefined) return [];
  // What was known when the relationship was ended must not bring it back, however late or often it is delivered.
  if (state?.ended !== undefined && !isBefore(state.ended.at, evidence.receivedAt)) return [];
  if (state === undefined || state.items.length === 0) {
    const { organizationId } = organization;
    const none = state ?? { organizationId, personId, registryId: newRegistryId };
    return [{ type: 'RelationshipStarted', data: { state: withItems(none, [item]) } }];
  }
  const alike = state.items.filter((known) => isSameKind(known, item));
  const least = renewalDaysOf(item.kind, policy);
  const adds = (known: EvidenceItem): boolean =>
    known.cutShort === true
      ? isBefore(known.endsAt, evidence.receivedAt)
      : least === 0 || daysBetween(known.endsAt, item.endsAt) >= least;
  if (!alike.every(adds)) return [];
  const items = withItem(state.items, item);
  if (sameState(items, state.items)) return [];
  const type = items.length > state.items.length ? 'RelationshipEvidenceAdded' : 'RelationshipRenewed';
  return [{ type, data: { state: withItems(state, items) } }];
};

/** The relationship with these items, of which there is at least one. */
const withItems = (
  relationship: Pick<Relationship, 'organizationId' | 'personId' | 'registryId' | 'ended'>,
  items: readonly EvidenceItem[],
): Relationship => {
  const { organizationId, personId, registryId, ended } = relationship;
  return {
    organizationId,
    personId,
    registryId,
    items,
    purposes: [...new Set(items.flatMap(({ purposes }) => purposes))].sort(),
    ...span(items),
    ...(ended === undefined ? {} : { ended }),
  };
};

const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);
