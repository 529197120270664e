import { Type, type Static } from '@sinclair/typebox';

/**
 * A provider attested in a request that it serves a person, and the person was found and may be seen (DOMAIN 2.3). Topic
 * `query.attestations.v1`, key = person id.
 */
export const AttestationMade = Type.Object({
  personId: Type.String(),
  organizationId: Type.String(),
  clientId: Type.String(),
  /** ISO-8601 UTC. */
  attestedAt: Type.String({ format: 'date-time' }),
});
export type AttestationMade = Static<typeof AttestationMade>;
