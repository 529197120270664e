import { Type, type Static } from '@sinclair/typebox';

/** Who may see (`lock`, `optedOut`) and which messages stop (`stopped`); DOMAIN 3. */
export const PrivacySettingState = Type.Object({
  lock: Type.Union([
    Type.Object({ kind: Type.Literal('none') }),
    Type.Object({
      kind: Type.Literal('only'),
      organizationId: Type.String(),
      siteCode: Type.Optional(Type.String()),
    }),
    Type.Object({ kind: Type.Literal('nobody') }),
  ]),
  optedOut: Type.Boolean(),
  stopped: Type.Array(
    Type.Union([
      Type.Literal('reminder'),
      Type.Literal('recall'),
      Type.Literal('call'),
      Type.Literal('message'),
    ]),
  ),
});
export type PrivacySettingState = Static<typeof PrivacySettingState>;

/** That a person may be somebody known, until somebody has looked: it narrows who may read (DOMAIN 3.4, 5). */
export const ReviewState = Type.Union([
  Type.Object({ kind: Type.Literal('held'), candidates: Type.Array(Type.String()) }),
  Type.Object({
    kind: Type.Literal('provisional'),
    candidates: Type.Array(Type.String()),
    submittedBy: Type.Optional(Type.String()),
    onlySubmitter: Type.Optional(Type.Literal(true)),
  }),
]);
export type ReviewState = Static<typeof ReviewState>;

/** Topic `privacy.settings.v1`, key = person id. Internal: never leaves the registry's own services. */
export const PrivacySettingChanged = Type.Object({
  personId: Type.String(),
  /** Revision of the setting event in the privacy stream, and of the setting event before it (null for the first). */
  settingRevision: Type.Number(),
  previousSettingRevision: Type.Union([Type.Number(), Type.Null()]),
  setting: PrivacySettingState,
  review: Type.Optional(ReviewState),
});
export type PrivacySettingChanged = Static<typeof PrivacySettingChanged>;

/**
 * The absorbed person follows the survivor from now on, whose setting is the meet of both: identity may link them. Topic
 * `privacy.settings.v1`, key = the absorbed person's id.
 */
export const PersonFollows = Type.Object({
  mergeId: Type.String(),
  absorbedId: Type.String(),
  survivorId: Type.String(),
  /** The absorbed person was held as perhaps the survivor, who has opted out: its submissions are to be suppressed. */
  discard: Type.Optional(Type.Boolean()),
});
export type PersonFollows = Static<typeof PersonFollows>;

/** Something that the person shall hear of. Topic `privacy.notices.v1`, key = person id. Says what kind of thing, nothing about the person. */
export const PersonNoticeOwed = Type.Object({
  noticeId: Type.String(),
  personId: Type.String(),
  code: Type.Unsafe<PersonNoticeCode>(Type.String()),
});
export type PersonNoticeOwed = Static<typeof PersonNoticeOwed>;

/** A task of the help desk. Topic `privacy.tasks.v1`, key = task id. */
export const TaskChanged = Type.Object({
  taskId: Type.String(),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  /** When it is opened. */
  opened: Type.Optional(
    Type.Object({
      kind: Type.String(),
      about: Type.String(),
      openedAt: Type.String(),
      dueAt: Type.String(),
    }),
  ),
});
export type TaskChanged = Static<typeof TaskChanged>;

export const PERSON_NOTICE_CODES = [
  'merge-tightened',
  'locks-in-conflict',
  'holder-closed',
  'holder-acquired',
  'holder-lapsed',
  'tightened-by-signal',
  'messages-stopped-by-signal',
  'unlock-asked-by-signal',
  'access-attested',
  'request-applied',
  'proxy-ended',
] as const;
export type PersonNoticeCode = (typeof PERSON_NOTICE_CODES)[number];

/**
 * What an organization's messages say by PD1-16 began or ceased to end its relationship with the person (DOMAIN 2.3). Topic
 * `privacy.signals.v1`, key = person id.
 */
export const RegistryStatusSignalled = Type.Object({
  organizationId: Type.String(),
  personId: Type.String(),
  /** HL7 table 0441: I, L, M or P ends it; A does so no longer. */
  registryStatus: Type.String(),
  /** ISO-8601 UTC: when the submission was recorded. */
  receivedAt: Type.String(),
});
export type RegistryStatusSignalled = Static<typeof RegistryStatusSignalled>;

/** What a person may ask for; `view` changes nothing: it is how one comes to see the own record. */
export const REQUESTED_CHANGES = [
  'lock',
  'unlock',
  're-lock',
  'opt-out',
  'opt-in',
  'decline-reminders',
  'accept-reminders',
  'view',
] as const;
export type RequestedChangeKind = (typeof REQUESTED_CHANGES)[number];

/** Topic `privacy.requests.v1`, key = request id: identity finds the one person whom the form names. */
export const PrivacyRequestApproved = Type.Object({
  requestId: Type.String(),
  status: Type.Literal('approved'),
  /** The form under the key `privacyRequest-<id>`. */
  sealedForm: Type.String(),
  /** The child has no name yet, or is not born: its birth record is watched for (DOMAIN 4.3). */
  watch: Type.Optional(Type.Boolean()),
  /** Whom it is about, where that is known already: identity need not look. */
  resolved: Type.Optional(Type.Object({ personId: Type.String(), partId: Type.Optional(Type.String()) })),
});
export type PrivacyRequestApproved = Static<typeof PrivacyRequestApproved>;

/** Where a request stands, for work lists; nothing about the person. */
export const PrivacyRequestProgressed = Type.Object({
  requestId: Type.String(),
  status: Type.Union([
    Type.Literal('submitted'),
    Type.Literal('verified'),
    Type.Literal('approved'),
    Type.Literal('watching'),
    Type.Literal('needs-review'),
    Type.Literal('needs-second'),
    Type.Literal('disputed'),
    Type.Literal('replaced'),
    Type.Literal('rejected'),
    Type.Literal('applied'),
  ]),
  /** In the first event only. */
  submitted: Type.Optional(
    Type.Object({
      change: Type.String(),
      receivedAt: Type.String(),
      dueAt: Type.String(),
      /** Keyed hash of whom it is about: the same for each request about the same person. */
      subject: Type.Optional(Type.String()),
    }),
  ),
});
export type PrivacyRequestProgressed = Static<typeof PrivacyRequestProgressed>;

/** Stream and key id of a request are the same text. */
export const privacyRequestStream = (requestId: string): string => `privacyRequest-${requestId}`;
