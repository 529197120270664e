import type { ReminderKind } from './reminder.decider.js';

/** Events of `campaign-<id>`: a due list of one agency. Whom it names and what for is sealed under the campaign's own key. */
export interface CampaignAccepted {
  readonly type: 'CampaignAccepted';
  readonly data: CampaignAcceptedData;
}

export type CampaignAcceptedData = {
  readonly organizationId: string;
  readonly clientId: string;
  readonly userId?: string;
  readonly accepted: number;
  /** The entries under the key `campaign-<id>`. */
  readonly sealed: string;
  readonly digest: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
};

export type CampaignEntry = {
  /** The agency's own id for the person. */
  readonly registryId: string;
  /** CVX. */
  readonly vaccine: string;
  /** `YYYY-MM-DD`. */
  readonly dueOn: string;
  readonly kind: ReminderKind;
  readonly channel: 'letter' | 'email';
  /** With channel `email`. */
  readonly email?: string;
};
