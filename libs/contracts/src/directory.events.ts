import { Type, type Static } from '@sinclair/typebox';
import {
  AgreementState,
  ClientState,
  OrganizationState,
  RelationshipState,
  SiteState,
  UserState,
} from './access-states.js';

/** Topic `directory.access.v1`, key = stream of the organization, site, agreement, client or user. */
export const OrganizationChanged = Type.Object({ state: OrganizationState });
export type OrganizationChanged = Static<typeof OrganizationChanged>;
export const SiteChanged = Type.Object({ state: SiteState });
export type SiteChanged = Static<typeof SiteChanged>;
export const AgreementChanged = Type.Object({ state: AgreementState });
export type AgreementChanged = Static<typeof AgreementChanged>;
export const ClientChanged = Type.Object({ state: ClientState });
export type ClientChanged = Static<typeof ClientChanged>;
/** Without name and e-mail, which stay in the user's own stream. */
export const UserChanged = Type.Object({ state: Type.Omit(UserState, ['name', 'email']) });
export type UserChanged = Static<typeof UserChanged>;

/** Topic `directory.relationships.v1`, key = person id. */
export const RelationshipChanged = Type.Object({ state: RelationshipState });
export type RelationshipChanged = Static<typeof RelationshipChanged>;
