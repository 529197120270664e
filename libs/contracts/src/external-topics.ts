import { Type, type Static, type TSchema } from '@sinclair/typebox';

/**
 * What the registry exchanges with others on Kafka. A topic belongs to one system client or organization: the broker's access
 * lists say who may write or read it, and so whose a message is.
 */

/**
 * Sealed by the sender for the registry (HPKE, RFC 9180: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; `info` is the topic, `aad`
 * the id of the CloudEvent), so that a broker's log holds nothing that can be read.
 */
export const SealedForRegistry = Type.Object({
  /** Which of the registry's public keys, as served at `GET /inbound-keys`. */
  keyId: Type.String(),
  /** The encapsulated key, base64. */
  enc: Type.String(),
  /** Base64. What it holds: an HL7 v2 message or batch; a row as `POST /births` takes it; doses as `POST /immunizations` takes it. */
  ciphertext: Type.String(),
});
export type SealedForRegistry = Static<typeof SealedForRegistry>;

/** What became of a message. Kept durably when it says so; answered again, with the same id, if the message comes again. Key = its `messageId`. */
export const InboundAnswered = Type.Object({
  /** The id of the CloudEvent that is answered. */
  messageId: Type.String(),
  /** `accepted`: all of it is kept. `rejected`: nothing of it is. `errors`: something of it was lost; `acknowledgment` says what. */
  status: Type.Union([Type.Literal('accepted'), Type.Literal('errors'), Type.Literal('rejected')]),
  /** Of HL7: the ACK, or a batch of them. */
  acknowledgment: Type.Optional(Type.String()),
  /** Of a row or a dose. No values of it. */
  problems: Type.Optional(Type.Array(Type.Object({ field: Type.String(), code: Type.String() }))),
});
export type InboundAnswered = Static<typeof InboundAnswered>;

/**
 * The subscriber may fetch this record now, at `GET /persons/{registryId}`, or what it fetched before has changed. Key = `registryId`.
 */
export const RecordAvailable = Type.Object({
  /** The subscriber's own id of the person. */
  registryId: Type.String(),
  /** Higher than that of all that was said of the person before: keep the highest. */
  version: Type.Integer(),
});
export type RecordAvailable = Static<typeof RecordAvailable>;

/**
 * The subscriber may no longer have this record: what it keeps of it is to be deleted, and that acknowledged by
 * `POST /subscription/withdrawals`. Why is not told. Key = `registryId`.
 */
export const RecordWithdrawn = Type.Object({ registryId: Type.String(), version: Type.Integer() });
export type RecordWithdrawn = Static<typeof RecordWithdrawn>;

/** What the subscriber should have by now, to compare its own with. Key = `day`. */
export const RecordsReconciled = Type.Object({
  /** `YYYY-MM-DD` */
  day: Type.String({ format: 'date' }),
  /** Records that are available to it. */
  records: Type.Integer(),
  /** SHA-256, hex, over the lines `<registryId> <version>` of these, each ended by a line feed, in the order of their ids. */
  digest: Type.String(),
});
export type RecordsReconciled = Static<typeof RecordsReconciled>;

export interface ExternalTopic {
  /** Seen from the registry. */
  readonly direction: 'in' | 'out';
  readonly description: string;
  readonly parameters: Readonly<Record<string, { readonly description: string }>>;
  readonly events: Readonly<Record<string, TSchema>>;
}

const ofClient = { clientId: { description: 'Id of the system client, as the directory has it.' } };

export const EXTERNAL_TOPICS = {
  'inbound.{clientId}.hl7.v1': {
    direction: 'in',
    description: 'HL7 v2 messages or batches of a submitter, as at `POST /hl7`.',
    parameters: ofClient,
    events: { Hl7Submitted: SealedForRegistry },
  },
  'inbound.{clientId}.births.v1': {
    direction: 'in',
    description: 'Vital records, a row each, as at `POST /births`.',
    parameters: ofClient,
    events: { VitalRecordSubmitted: SealedForRegistry },
  },
  'inbound.{clientId}.immunizations.v1': {
    direction: 'in',
    description: 'Doses of one person, as at `POST /immunizations`.',
    parameters: ofClient,
    events: { ImmunizationSubmitted: SealedForRegistry },
  },
  'acknowledgments.{clientId}.v1': {
    direction: 'out',
    description: "Answers to the client's inbound messages.",
    parameters: ofClient,
    events: { InboundAnswered },
  },
  'subscriber.{organizationId}.records.v1': {
    direction: 'out',
    description:
      'Which records a subscribing organization may fetch; the latest of each is kept (compacted). No person data, and no reasons.',
    parameters: { organizationId: { description: 'Id of the subscriber, as the directory has it.' } },
    events: { RecordAvailable, RecordWithdrawn, RecordsReconciled },
  },
} as const satisfies Readonly<Record<string, ExternalTopic>>;
