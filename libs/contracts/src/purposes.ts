import { Type } from '@sinclair/typebox';

/** Purposes of use that a requester may state in `x-purpose-of-use` (Minn. Stat. 144.3351). */
export const PURPOSES = [
  'treatment',
  'school',
  'childcare',
  'postsecondary',
  'coverage',
  'client-service',
  'reminder',
  'outbreak',
  'assessment',
] as const;
export type PurposeOfUse = (typeof PURPOSES)[number];

/** The statute's categories of organizations that may exchange without consent (DOMAIN 2.1), plus the two that run the registry. */
export const ORGANIZATION_CATEGORIES = [
  'provider',
  'group-purchaser',
  'school',
  'child-care',
  'postsecondary',
  'community-health-board',
  'community-action-agency',
  'commissioner',
  'registry-operations',
] as const;
export type OrganizationCategory = (typeof ORGANIZATION_CATEGORIES)[number];

/** What a system client may do. A client may have several roles. */
export const CLIENT_ROLES = [
  'submitter',
  /** The Office of Vital Records. */
  'vital-records',
  /** Sends rosters of whom its organization serves. */
  'roster',
  'reader',
  'help-desk',
  'individual',
  'auditor',
  'administrator',
] as const;
export type ClientRole = (typeof CLIENT_ROLES)[number];

/** What a user of an organization may do there; staff of the registry's own organizations have the last three. */
export const USER_ROLES = ['submitter', 'reader', 'help-desk', 'auditor', 'administrator'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** What shows that an organization serves a person (DOMAIN 2.3). */
export const EVIDENCE_KINDS = ['own-submission', 'roster', 'attestation', 'residence'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

const literals = <T extends readonly string[]>(values: T) =>
  Type.Union(values.map((value) => Type.Literal(value as T[number])));

export const PurposeOfUse = Type.Unsafe<PurposeOfUse>(literals(PURPOSES));
export const OrganizationCategory = Type.Unsafe<OrganizationCategory>(literals(ORGANIZATION_CATEGORIES));
export const ClientRole = Type.Unsafe<ClientRole>(literals(CLIENT_ROLES));
export const UserRole = Type.Unsafe<UserRole>(literals(USER_ROLES));
export const EvidenceKind = Type.Unsafe<EvidenceKind>(literals(EVIDENCE_KINDS));
