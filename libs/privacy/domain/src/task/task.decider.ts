import { assertNever, PrivacyError } from '../privacy-error.js';
import type { TaskEvent, TaskOpenedData } from './task.events.js';

export type TaskState =
  { readonly status: 'absent' } | { readonly status: 'open' | 'closed'; readonly opened: TaskOpenedData };

export const initialTaskState: TaskState = { status: 'absent' };

export type TaskCommand = {
  readonly type: 'CloseTask';
  readonly closedBy: string;
  /** A code of what came of it. */
  readonly outcome: string;
};

/** @throws PrivacyError `PRIVACY.TASK_UNKNOWN` */
export const decideTask = ({ closedBy, outcome }: TaskCommand, state: TaskState): TaskEvent[] => {
  if (state.status === 'absent') throw new PrivacyError('PRIVACY.TASK_UNKNOWN');
  return state.status === 'closed' ? [] : [{ type: 'TaskClosed', data: { closedBy, outcome } }];
};

export const evolveTask = (state: TaskState, event: TaskEvent): TaskState => {
  switch (event.type) {
    case 'TaskOpened':
      return { status: 'open', opened: event.data };
    case 'TaskClosed':
      return state.status === 'absent' ? state : { ...state, status: 'closed' };
    default:
      return assertNever(event);
  }
};
