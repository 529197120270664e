import { Type, type Static } from '@sinclair/typebox';
import { ClientRole, OrganizationCategory, PurposeOfUse } from './purposes.js';

/**
 * Access states: each event of the streams `organization-`, `agreement-`, `client-` and `relationship-` carries
 * the full resulting state under `state`, so the head alone decides (DESIGN.md, Streams). The release gate reads them.
 */

const Instant = Type.String({ format: 'date-time' });

export const OrganizationState = Type.Object({
  organizationId: Type.String(),
  name: Type.String(),
  category: OrganizationCategory,
  status: Type.Union([Type.Literal('active'), Type.Literal('closed')]),
});
export type OrganizationState = Static<typeof OrganizationState>;

export const AgreementState = Type.Object({
  organizationId: Type.String(),
  version: Type.String(),
  signatory: Type.String(),
  purposes: Type.Array(PurposeOfUse),
  /** Instants; in force from `startsAt` until before `endsAt`. */
  startsAt: Instant,
  endsAt: Instant,
});
export type AgreementState = Static<typeof AgreementState>;

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
});
export type ClientState = Static<typeof ClientState>;

export const RelationshipState = Type.Object({
  organizationId: Type.String(),
  personId: Type.String(),
  /** The organization's own id for the person: random, the only person id that leaves by an organization's route. */
  registryId: Type.String(),
  evidence: Type.Union([Type.Literal('own-submission')]),
  purposes: Type.Array(PurposeOfUse),
  startsAt: Instant,
  endsAt: Instant,
});
export type RelationshipState = Static<typeof RelationshipState>;

/** Stream names, in one place because the gate and the directory must agree. No personal data: ids are random. */
export const accessStreams = {
  organization: (organizationId: string) => `organization-${organizationId}`,
  agreement: (organizationId: string) => `agreement-${organizationId}`,
  client: (clientId: string) => `client-${clientId}`,
  relationship: (organizationId: string, personId: string) => `relationship-${organizationId}-${personId}`,
} as const;
