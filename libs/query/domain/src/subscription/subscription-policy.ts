/** Policy data of subscriptions. */
export interface SubscriptionPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Days that a subscriber has to delete what is withdrawn and say so; after that it is overdue. */
  readonly acknowledgmentDays: number;
}

export const SUBSCRIPTION_POLICY: SubscriptionPolicy = {
  version: '1',
  effective: '2026-01-01',
  acknowledgmentDays: 3,
};
