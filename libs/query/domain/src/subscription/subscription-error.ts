export type SubscriptionErrorCode =
  | 'SUBSCRIPTION.ORGANIZATION_UNKNOWN'
  | 'SUBSCRIPTION.ORGANIZATION_CLOSED'
  | 'SUBSCRIPTION.PURPOSE_NOT_FOR_CATEGORY'
  | 'SUBSCRIPTION.PURPOSE_NOT_AGREED'
  | 'SUBSCRIPTION.CLIENT_UNKNOWN'
  | 'SUBSCRIPTION.CLIENT_DOES_NOT_READ_ALONE'
  | 'SUBSCRIPTION.SUBSCRIPTION_MISSING'
  /** Also of a person that the subscriber does not know: the answers are the same. */
  | 'SUBSCRIPTION.WITHDRAWAL_UNKNOWN';

/** A command that the rules of subscriptions refuse. Codes are stable. */
export class SubscriptionError extends Error {
  constructor(readonly code: SubscriptionErrorCode) {
    super(code);
  }
}
