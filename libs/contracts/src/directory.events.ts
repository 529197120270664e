import { Type, type Static } from '@sinclair/typebox';
import { AgreementState, ClientState, OrganizationState, RelationshipState } from './access-states.js';

/** Topic `directory.access.v1`, key = organization id. */
export const OrganizationChanged = Type.Object({ state: OrganizationState });
export type OrganizationChanged = Static<typeof OrganizationChanged>;
export const AgreementChanged = Type.Object({ state: AgreementState });
export type AgreementChanged = Static<typeof AgreementChanged>;
export const ClientChanged = Type.Object({ state: ClientState });
export type ClientChanged = Static<typeof ClientChanged>;

/** Topic `directory.relationships.v1`, key = person id. */
export const RelationshipChanged = Type.Object({ state: RelationshipState });
export type RelationshipChanged = Static<typeof RelationshipChanged>;
