import { Type, type Static } from '@sinclair/typebox';

/** A due list of an agency, to be worked off. Topic `reminders.campaigns.v1`, key = campaign id. */
export const CampaignAccepted = Type.Object({
  campaignId: Type.String(),
  organizationId: Type.String(),
  clientId: Type.String(),
  userId: Type.Optional(Type.String()),
  /** The entries under the key `campaign-<id>`. */
  sealed: Type.String(),
});
export type CampaignAccepted = Static<typeof CampaignAccepted>;

/** The person has been given the notice of participation (DOMAIN 4.5). Topic `reminders.participation.v1`, key = person id. */
export const ParticipationNoticeGiven = Type.Object({ personId: Type.String() });
export type ParticipationNoticeGiven = Static<typeof ParticipationNoticeGiven>;
