import type { SubmissionEvent, SubmissionReceivedData } from './submission.events.js';
import { decideSubmission, SubmissionError, type SubmissionCommand } from './submission.decider.js';
import { evolveSubmission, initialSubmissionState } from './submission.state.js';

const received: SubmissionReceivedData = {
  clientId: 'c',
  organizationId: 'o',
  kind: 'vxu',
  controlIdHash: 'h',
  sealed: 's',
  digest: 'd',
};

const RECEIVED: SubmissionEvent = { type: 'SubmissionReceived', data: received };
const SUPPRESSED: SubmissionEvent = { type: 'SubmissionSuppressed', data: { personId: 'p' } };
const DESTROYED: SubmissionEvent = { type: 'ContentDestroyed', data: {} };

const receive: SubmissionCommand = { type: 'ReceiveSubmission', received };
const suppress: SubmissionCommand = { type: 'SuppressSubmission', personId: 'p' };
const destroyed: SubmissionCommand = { type: 'RecordContentDestroyed' };

const decide = (command: SubmissionCommand, ...history: SubmissionEvent[]): SubmissionEvent[] =>
  decideSubmission(command, history.reduce(evolveSubmission, initialSubmissionState));

describe('A submission', () => {
  it.each<[string, SubmissionCommand, SubmissionEvent[], SubmissionEvent[]]>([
    ['is received', receive, [], [RECEIVED]],
    ['is received once', receive, [RECEIVED], []],
    ['is suppressed', suppress, [RECEIVED], [SUPPRESSED]],
    ['is suppressed once', suppress, [RECEIVED, SUPPRESSED], []],
    ['is not suppressed again when destroyed', suppress, [RECEIVED, SUPPRESSED, DESTROYED], []],
    ['is destroyed', destroyed, [RECEIVED, SUPPRESSED], [DESTROYED]],
    ['is destroyed once', destroyed, [RECEIVED, SUPPRESSED, DESTROYED], []],
  ])('%s', (_name, command, given, expected) => {
    expect(decide(command, ...given)).toStrictEqual(expected);
  });

  it('is not suppressed before it is there, and not destroyed unless suppressed', () => {
    expect(() => decide(suppress)).toThrow(SubmissionError);
    expect(() => decide(destroyed, RECEIVED)).toThrow('SUBMISSION.NOT_SUPPRESSED');
  });
});
