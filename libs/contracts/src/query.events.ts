import { Type, type Static } from '@sinclair/typebox';
import { PurposeOfUse } from './purposes.js';

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

/** An organization wants, or no longer wants, to be told of records. Topic `query.subscriptions.v1`, key = organization id. */
export const SubscriptionChanged = Type.Object({
  organizationId: Type.String(),
  /** The system client that fetches the records. */
  clientId: Type.String(),
  purpose: PurposeOfUse,
  status: Type.Union([Type.Literal('active'), Type.Literal('ended')]),
});
export type SubscriptionChanged = Static<typeof SubscriptionChanged>;

/** What a subscriber may have of one person, and nothing of the person. Topic `query.subscriptions.v1`, key = registry id. */
export const SubscribedRecordChanged = Type.Object({
  organizationId: Type.String(),
  /** The subscriber's own id of the person. */
  registryId: Type.String(),
  /** Rises with each offer and each withdrawal. */
  version: Type.Integer(),
  state: Type.Union([Type.Literal('available'), Type.Literal('withdrawn')]),
  /** Of one withdrawn: when the subscriber should have acknowledged it, ISO-8601 UTC. */
  dueAt: Type.Optional(Type.String({ format: 'date-time' })),
  /** The subscriber has: nothing else is new. */
  acknowledged: Type.Optional(Type.Literal(true)),
});
export type SubscribedRecordChanged = Static<typeof SubscribedRecordChanged>;

/** What a subscriber should have at the beginning of a day. Topic `query.subscriptions.v1`, key = organization id. */
export const SubscriptionReconciled = Type.Object({
  organizationId: Type.String(),
  /** Legal day, `YYYY-MM-DD`. */
  day: Type.String({ format: 'date' }),
  records: Type.Integer(),
  /** As in `RecordsReconciled`. */
  digest: Type.String(),
});
export type SubscriptionReconciled = Static<typeof SubscriptionReconciled>;
