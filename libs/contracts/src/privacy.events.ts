import { Type, type Static } from '@sinclair/typebox';

/** Who may see (`lock`, `optedOut`) and which messages stop (`stopped`); DOMAIN 3. */
export const PrivacySettingState = Type.Object({
  lock: Type.Union([
    Type.Object({ kind: Type.Literal('none') }),
    Type.Object({ kind: Type.Literal('only'), organizationId: Type.String() }),
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

/** Topic `privacy.settings.v1`, key = person id. Internal: never leaves the registry's own services. */
export const PrivacySettingChanged = Type.Object({
  personId: Type.String(),
  /** Revision of the setting event in the privacy stream, and of the setting event before it (null for the first). */
  settingRevision: Type.Number(),
  previousSettingRevision: Type.Union([Type.Number(), Type.Null()]),
  setting: PrivacySettingState,
});
export type PrivacySettingChanged = Static<typeof PrivacySettingChanged>;

export const SETTING_CHANGES = [
  'lock',
  'unlock',
  're-lock',
  'opt-out',
  'opt-in',
  'decline-reminders',
  'accept-reminders',
] as const;
export type SettingChangeKind = (typeof SETTING_CHANGES)[number];

/** Topic `privacy.requests.v1`, key = request id: identity finds the one person whom the form names. */
export const PrivacyRequestApproved = Type.Object({
  requestId: Type.String(),
  status: Type.Literal('approved'),
  /** The form under the key `privacyRequest-<id>`. */
  sealedForm: Type.String(),
});
export type PrivacyRequestApproved = Static<typeof PrivacyRequestApproved>;

/** Where a request stands, for work lists; nothing about the person. */
export const PrivacyRequestProgressed = Type.Object({
  requestId: Type.String(),
  status: Type.Union([
    Type.Literal('submitted'),
    Type.Literal('verified'),
    Type.Literal('approved'),
    Type.Literal('needs-review'),
    Type.Literal('rejected'),
    Type.Literal('applied'),
  ]),
  /** In the first event only. */
  submitted: Type.Optional(
    Type.Object({ change: Type.String(), receivedAt: Type.String(), dueAt: Type.String() }),
  ),
});
export type PrivacyRequestProgressed = Static<typeof PrivacyRequestProgressed>;

/** Stream and key id of a request are the same text. */
export const privacyRequestStream = (requestId: string): string => `privacyRequest-${requestId}`;
