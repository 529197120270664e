import {
  agreementTermAt,
  evidenceOf,
  type AgreementState,
  type ClientState,
  type OrganizationState,
  type PurposeOfUse,
  type RelationshipState,
  type UserState,
} from '@registry/contracts';
import { allowsUnderReview, allowsViewer, type PrivacyState, type Viewer } from '@registry/privacy-domain';
import type { DisclosurePolicy } from './disclosure-policy.js';
import type { RecordField } from './person-record.js';

/** Who asks. The organization is the client's own, as its head says, never as the request says. */
export interface Requester {
  readonly clientId: string;
  readonly organizationId: string;
  /** The user for whom the client says that it acts. */
  readonly userId?: string;
}

/** Everything that a decision rests on, each read at its head; undefined where there is none. */
export interface DecisionFacts {
  readonly requester: Requester;
  readonly purpose: PurposeOfUse;
  readonly personId: string;
  /** The person merged into this one whom the organization serves, and whom that one follows by its head. */
  readonly knownAs?: { readonly personId: string; readonly follows: string | undefined } | undefined;
  /** Another part, whose id the answer carries, and whom it follows by its head. */
  readonly answeredAs?: { readonly personId: string; readonly follows: string | undefined } | undefined;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly client: ClientState | undefined;
  /** Where the requester names one. */
  readonly user?: UserState | undefined;
  readonly organization: OrganizationState | undefined;
  readonly agreement: AgreementState | undefined;
  readonly relationship: RelationshipState | undefined;
  readonly privacy: PrivacyState;
}

export type DenialReason =
  | 'client-inactive'
  | 'client-not-a-reader'
  | 'user-not-stated'
  | 'user-inactive'
  | 'user-not-a-reader'
  | 'organization-not-active'
  | 'purpose-not-for-category'
  | 'agreement-not-in-force'
  | 'purpose-not-in-agreement'
  | 'no-relationship'
  | 'purpose-not-in-relationship'
  | 'not-readable'
  | 'not-merged'
  | 'under-review'
  | 'person-setting';

export type Decision =
  | {
      readonly permit: true;
      readonly policy: string;
      readonly fields: readonly RecordField[];
      readonly registryId: string;
    }
  /** All reasons that apply: the explanation for auditors. It never reaches the requester. */
  | { readonly permit: false; readonly reasons: readonly DenialReason[] };

/**
 * May this requester see this person's record for this purpose? Pure, default deny, forbid wins (DOMAIN 2.2):
 * the same facts give the same decision for ever, which is what auditors verify.
 */
export const decideDisclosure = (facts: DecisionFacts, policy: DisclosurePolicy): Decision => {
  const { requester, purpose, personId, at, client, user, organization, agreement, relationship, privacy } =
    facts;
  const { knownAs, answeredAs } = facts;
  const reasons: DenialReason[] = [];
  const unless = (allowed: boolean, reason: DenialReason): void => {
    if (!allowed) reasons.push(reason);
  };

  unless(
    client?.status === 'active' &&
      client.clientId === requester.clientId &&
      client.organizationId === requester.organizationId,
    'client-inactive',
  );
  unless(client?.roles.includes('reader') === true, 'client-not-a-reader');
  if (requester.userId === undefined) {
    unless(client?.actsForUsers !== true, 'user-not-stated');
  } else {
    unless(
      user?.status === 'active' &&
        user.userId === requester.userId &&
        user.organizationId === requester.organizationId,
      'user-inactive',
    );
    unless(user?.roles.includes('reader') === true, 'user-not-a-reader');
  }
  unless(
    organization?.status === 'active' && organization.organizationId === requester.organizationId,
    'organization-not-active',
  );
  unless(
    organization !== undefined && policy.purposes[organization.category].includes(purpose),
    'purpose-not-for-category',
  );
  const term = agreement && agreementTermAt(agreement, at);
  unless(
    term !== undefined && agreement?.organizationId === requester.organizationId && inForce(term, at),
    'agreement-not-in-force',
  );
  unless(term?.purposes.includes(purpose) === true, 'purpose-not-in-agreement');
  const evidence = relationship === undefined ? [] : evidenceOf(relationship);
  const present = evidence.filter((item) => inForce(item, at));
  unless(
    relationship?.organizationId === requester.organizationId &&
      relationship.personId === (knownAs?.personId ?? personId) &&
      present.length > 0,
    'no-relationship',
  );
  // Each piece of evidence stands for its own purposes, as long as it lasts itself. Where none lasts, that is the reason.
  unless(
    (present.length > 0 ? present : evidence).some(({ purposes }) => purposes.includes(purpose)),
    'purpose-not-in-relationship',
  );
  unless(privacy.status === 'opened', 'not-readable');
  unless(
    [knownAs, answeredAs].every((part) => part === undefined || part.follows === personId),
    'not-merged',
  );
  if (privacy.status === 'opened') {
    const { organizationId } = requester;
    unless(allowsViewer(privacy.setting, viewerOf(organizationId, client)), 'person-setting');
    unless(allowsUnderReview(privacy.review, organizationId), 'under-review');
  }

  if (reasons.length > 0 || relationship === undefined) return { permit: false, reasons };
  return {
    permit: true,
    policy: `${policy.name}@${policy.version}`,
    fields: policy.fields[purpose],
    registryId: relationship.registryId,
  };
};

const viewerOf = (organizationId: string, client: ClientState | undefined): Viewer => ({
  organizationId,
  ...(client?.siteCodes === undefined ? {} : { siteCodes: client.siteCodes }),
});

/** Compared as instants: as text, `…:00Z` would come after `…:00.999Z`. What is no instant is never in force. */
const inForce = (term: { readonly startsAt: string; readonly endsAt: string }, at: string): boolean =>
  Date.parse(term.startsAt) <= Date.parse(at) && Date.parse(at) < Date.parse(term.endsAt);
