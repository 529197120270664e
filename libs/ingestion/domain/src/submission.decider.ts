import type { SubmissionEvent, SubmissionReceivedData } from './submission.events.js';
import { assertNever, type SubmissionState } from './submission.state.js';

export type SubmissionCommand =
  | { readonly type: 'ReceiveSubmission'; readonly received: SubmissionReceivedData }
  | { readonly type: 'SuppressSubmission'; readonly personId: string }
  /** After the content key is gone, never before. */
  | { readonly type: 'RecordContentDestroyed' };

/** A command that does not fit the submission's state. */
export class SubmissionError extends Error {
  constructor(readonly code: 'SUBMISSION.UNKNOWN' | 'SUBMISSION.NOT_SUPPRESSED') {
    super(code);
  }
}

export const decideSubmission = (command: SubmissionCommand, state: SubmissionState): SubmissionEvent[] => {
  switch (command.type) {
    case 'ReceiveSubmission':
      return state.status === 'absent' ? [{ type: 'SubmissionReceived', data: command.received }] : [];
    case 'SuppressSubmission':
      if (state.status === 'absent') throw new SubmissionError('SUBMISSION.UNKNOWN');
      return state.status === 'received'
        ? [{ type: 'SubmissionSuppressed', data: { personId: command.personId } }]
        : [];
    case 'RecordContentDestroyed':
      if (state.status === 'suppressed') return [{ type: 'ContentDestroyed', data: {} }];
      if (state.status === 'destroyed') return [];
      throw new SubmissionError('SUBMISSION.NOT_SUPPRESSED');
    default:
      return assertNever(command);
  }
};
