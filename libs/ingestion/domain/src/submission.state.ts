import type { SubmissionEvent, SubmissionReceivedData } from './submission.events.js';

export type SubmissionState =
  | { readonly status: 'absent' }
  | { readonly status: 'received'; readonly received: SubmissionReceivedData }
  | { readonly status: 'suppressed'; readonly personId: string }
  | { readonly status: 'destroyed' };

export const initialSubmissionState: SubmissionState = { status: 'absent' };

export const evolveSubmission = (_state: SubmissionState, event: SubmissionEvent): SubmissionState => {
  switch (event.type) {
    case 'SubmissionReceived':
      return { status: 'received', received: event.data };
    case 'SubmissionSuppressed':
      return { status: 'suppressed', personId: event.data.personId };
    case 'ContentDestroyed':
      return { status: 'destroyed' };
    default:
      return assertNever(event);
  }
};

export const assertNever = (value: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
};
