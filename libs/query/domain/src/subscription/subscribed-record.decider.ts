import { SubscriptionError } from './subscription-error.js';
import { SUBSCRIPTION_POLICY, type SubscriptionPolicy } from './subscription-policy.js';

/**
 * What a subscriber was last told of one person, as it is at the head of `subscribed-<organizationId>-<personId>`. Absent: nothing yet. It
 * holds no cause: whatever ends what the subscriber may see is written in the same words.
 */
export type SubscribedRecord = SubscribedPerson & {
  /** From 1; higher with each offer and each withdrawal. */
  readonly version: number;
  /** How new the links are of the record that was offered last: revision of `identity-decisions`; -1: not known. */
  readonly content: number;
} & (
    | { readonly status: 'available' }
    | {
        readonly status: 'withdrawn';
        /** ISO-8601 UTC. */
        readonly dueAt: string;
        readonly acknowledgedAt?: string;
      }
  );

export interface SubscribedPerson {
  readonly organizationId: string;
  readonly personId: string;
  /** The subscriber's own id of the person. */
  readonly registryId: string;
}

/** Each carries the full resulting state, so the head alone decides. */
export interface SubscribedRecordEvent {
  readonly type: 'RecordOffered' | 'RecordRetracted' | 'RetractionAcknowledged';
  readonly data: { readonly state: SubscribedRecord };
}

export type SubscribedRecordCommand =
  | {
      readonly type: 'LookAgain';
      readonly person: SubscribedPerson;
      /** May the subscriber see the record now, and is there one? */
      readonly isAvailable: boolean;
      /** The last change of its links that calls for this look; undefined: another reason does. */
      readonly content?: number;
      /** ISO-8601 UTC. */
      readonly at: string;
    }
  /** @param version of the withdrawal that is acknowledged */
  | { readonly type: 'AcknowledgeRetraction'; readonly version: number; readonly at: string };

const MS_PER_DAY = 86_400_000;
const NO_CONTENT = -1;

/** @param state undefined before the first event @throws SubscriptionError */
export const decideSubscribedRecord = (
  command: SubscribedRecordCommand,
  state: SubscribedRecord | undefined,
  policy: SubscriptionPolicy = SUBSCRIPTION_POLICY,
): SubscribedRecordEvent[] => {
  switch (command.type) {
    case 'LookAgain': {
      const { person, isAvailable, content = NO_CONTENT, at } = command;
      const known = state?.content ?? NO_CONTENT;
      const next = { ...identityOf(person), version: (state?.version ?? 0) + 1 };
      if (isAvailable) {
        if (state?.status === 'available' && content <= known) return [];
        const offered = { ...next, content: Math.max(known, content), status: 'available' as const };
        return [{ type: 'RecordOffered', data: { state: offered } }];
      }
      // What was never offered is not withdrawn: that would say that there is somebody.
      if (state?.status !== 'available') return [];
      const dueAt = new Date(Date.parse(at) + policy.acknowledgmentDays * MS_PER_DAY).toISOString();
      const retracted = { ...next, content: known, status: 'withdrawn' as const, dueAt };
      return [{ type: 'RecordRetracted', data: { state: retracted } }];
    }
    case 'AcknowledgeRetraction': {
      const { version, at } = command;
      if (state?.status !== 'withdrawn' || state.version !== version)
        throw new SubscriptionError('SUBSCRIPTION.WITHDRAWAL_UNKNOWN');
      if (state.acknowledgedAt !== undefined) return [];
      return [{ type: 'RetractionAcknowledged', data: { state: { ...state, acknowledgedAt: at } } }];
    }
    default:
      return assertNever(command);
  }
};

const identityOf = ({ organizationId, personId, registryId }: SubscribedPerson): SubscribedPerson => ({
  organizationId,
  personId,
  registryId,
});

const assertNever = (command: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(command)}`);
};
