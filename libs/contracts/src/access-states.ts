import { Type, type Static } from '@sinclair/typebox';
import { ClientRole, EvidenceKind, OrganizationCategory, PurposeOfUse, UserRole } from './purposes.js';

/**
 * Access states: each event of the streams `organization-`, `site-`, `agreement-`, `client-`, `user-` and `relationship-`
 * carries the full resulting state under `state`, so the head alone decides (DESIGN.md, Streams). The release gate reads
 * them. What was added after the first events were stored is optional: readers deploy before writers.
 */

const Instant = Type.String({ format: 'date-time' });

export const OrganizationState = Type.Object({
  organizationId: Type.String(),
  name: Type.String(),
  /** Never changes: an organization enrolled under a wrong category is closed and enrolled anew. */
  category: OrganizationCategory,
  status: Type.Union([Type.Literal('active'), Type.Literal('closed'), Type.Literal('acquired')]),
  /** Gives no access: every organization has its own agreement and clients. */
  parentId: Type.Optional(Type.String()),
  /** Of a community health board: FIPS codes of its counties. */
  jurisdiction: Type.Optional(Type.Array(Type.String())),
  /** Of status `acquired`; `on` is a legal day. Clients and agreement do not pass over. */
  acquired: Type.Optional(
    Type.Object({ byOrganizationId: Type.String(), on: Type.String({ format: 'date' }) }),
  ),
});
export type OrganizationState = Static<typeof OrganizationState>;

export const SiteState = Type.Object({
  /** The registry's code of the site, unique in the registry. */
  code: Type.String(),
  organizationId: Type.String(),
  name: Type.String(),
  /** MSH-4 or RXA-11.4 values by which messages of the organization name the site. */
  facilityNames: Type.Array(Type.String()),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
});
export type SiteState = Static<typeof SiteState>;

const AgreementTerm = Type.Object({
  version: Type.String(),
  signatory: Type.String(),
  purposes: Type.Array(PurposeOfUse),
  /** Instants; in force from `startsAt` until before `endsAt`. */
  startsAt: Instant,
  endsAt: Instant,
  /** Codes of the sites that the term covers; absent: all of the organization. */
  siteCodes: Type.Optional(Type.Array(Type.String())),
});
export type AgreementTerm = Static<typeof AgreementTerm>;

export const AgreementState = Type.Composite([
  Type.Object({ organizationId: Type.String() }),
  AgreementTerm,
  Type.Object({
    /** Signed already, and takes the place of the present term at its start. */
    next: Type.Optional(AgreementTerm),
    /** The last renewal warning of the present term, and the policy that it was given by. */
    renewalWarned: Type.Optional(Type.Object({ days: Type.Number(), policy: Type.String() })),
  }),
]);
export type AgreementState = Static<typeof AgreementState>;

export const ClientLimits = Type.Object({
  requestsPerMinute: Type.Optional(Type.Number()),
  personsPerDay: Type.Optional(Type.Number()),
});
export type ClientLimits = Static<typeof ClientLimits>;

/** What PD1-12 means in a client's messages: nothing (the default), as CDC's guide has it, or as an older state table had it (DOMAIN 3.6). */
export const ProtectionIndicator = Type.Union([
  Type.Literal('off'),
  Type.Literal('cdc'),
  Type.Literal('legacy'),
]);
export type ProtectionIndicator = Static<typeof ProtectionIndicator>;

export const ClientState = Type.Object({
  clientId: Type.String(),
  organizationId: Type.String(),
  name: Type.String(),
  roles: Type.Array(ClientRole),
  status: Type.Union([Type.Literal('active'), Type.Literal('revoked')]),
  /** SHA-256 (hex) of the API key: keys are 256 random bits, so one plain hash is enough. */
  keyHash: Type.String(),
  /** MSH-11 values that this client may send: P in production, T or D for a client being onboarded. */
  processingIds: Type.Array(Type.String()),
  /** The key before a rotation, good until before `validUntil`. */
  earlierKey: Type.Optional(Type.Object({ keyHash: Type.String(), validUntil: Instant })),
  /** Absent: `off`. */
  protectionIndicator: Type.Optional(ProtectionIndicator),
  limits: Type.Optional(ClientLimits),
  /** Sites that it serves; a record locked to a site is seen by these alone. Absent: it serves the organization as a whole. */
  siteCodes: Type.Optional(Type.Array(Type.String())),
  /** It reads for persons of the organization only, and says for which (`x-user-id`). */
  actsForUsers: Type.Optional(Type.Boolean()),
});
export type ClientState = Static<typeof ClientState>;

export const UserState = Type.Object({
  userId: Type.String(),
  organizationId: Type.String(),
  /** Name and work e-mail stay in the stream: they are in no topic and in no read model. */
  name: Type.String(),
  email: Type.String(),
  roles: Type.Array(UserRole),
  status: Type.Union([Type.Literal('active'), Type.Literal('deactivated')]),
});
export type UserState = Static<typeof UserState>;

/** One piece of evidence that an organization serves a person, for some purposes and a time. */
export const EvidenceItem = Type.Object({
  kind: EvidenceKind,
  purposes: Type.Array(PurposeOfUse),
  startsAt: Instant,
  /** Exclusive. */
  endsAt: Instant,
  /** It was ended before its time. */
  cutShort: Type.Optional(Type.Literal(true)),
});
export type EvidenceItem = Static<typeof EvidenceItem>;

export const RelationshipState = Type.Object({
  organizationId: Type.String(),
  personId: Type.String(),
  /** The organization's own id for the person: random, the only person id that leaves by an organization's route. Never changes. */
  registryId: Type.String(),
  /** Of events from before there could be several: the one piece of evidence, which purposes and term below are of. */
  evidence: Type.Optional(Type.Literal('own-submission')),
  /** What decides; absent where `evidence` is there. Empty: ended. */
  items: Type.Optional(Type.Array(EvidenceItem)),
  /** Purposes and term of all items together, for lists: no permit follows from them. */
  purposes: Type.Array(PurposeOfUse),
  startsAt: Instant,
  endsAt: Instant,
  /** When it was last ended by command, and why; what was received before that is evidence no more. */
  ended: Type.Optional(Type.Object({ at: Instant, reason: Type.String() })),
});
export type RelationshipState = Static<typeof RelationshipState>;

/** The evidence of a relationship, of old events (one piece) and new ones (a list) alike. Pure. */
export const evidenceOf = ({
  evidence,
  items,
  purposes,
  startsAt,
  endsAt,
}: RelationshipState): readonly EvidenceItem[] => {
  if (items !== undefined) return items;
  return evidence === undefined ? [] : [{ kind: evidence, purposes, startsAt, endsAt }];
};

/** The term that counts at an instant: a signed renewal takes the place of the term before it at its own start. Pure. */
export const agreementTermAt = ({ next, ...term }: AgreementState, at: string): AgreementTerm =>
  next !== undefined && Date.parse(next.startsAt) <= Date.parse(at) ? next : term;

/** Stream names, in one place because the gate and the directory must agree. No personal data: ids are random, site codes the registry's own. */
export const accessStreams = {
  organization: (organizationId: string) => `organization-${organizationId}`,
  site: (code: string) => `site-${code}`,
  agreement: (organizationId: string) => `agreement-${organizationId}`,
  client: (clientId: string) => `client-${clientId}`,
  user: (userId: string) => `user-${userId}`,
  relationship: (organizationId: string, personId: string) => `relationship-${organizationId}-${personId}`,
} as const;
