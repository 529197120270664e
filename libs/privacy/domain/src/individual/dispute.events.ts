/** Events of `dispute-<id>`: a person says that a value of the own record is wrong (DOMAIN 4.4). */
export type DisputeEvent =
  | { readonly type: 'ValueDisputed'; readonly data: ValueDisputedData }
  | {
      readonly type: 'DisputeEnded';
      readonly data: { readonly outcome: DisputeOutcome; readonly endedBy: string };
    };

export type ValueDisputedData = {
  readonly personId: string;
  /** Which value, as a code: `name`, `birthDate`, `dose:2024-05-10:20`. Never the value that the person says is right. */
  readonly element: string;
  readonly reason: DisputeReason;
  readonly accessId: string;
  /** ISO-8601 UTC. */
  readonly raisedAt: string;
};

export const DISPUTE_REASONS = ['not-mine', 'wrong-value', 'wrong-date', 'never-given'] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

export const DISPUTE_OUTCOMES = ['corrected', 'annotated'] as const;
export type DisputeOutcome = (typeof DISPUTE_OUTCOMES)[number];
