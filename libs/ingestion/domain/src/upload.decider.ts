import { assertNever } from './submission.state.js';
import type { RejectedRow, UploadEvent, UploadStartedData } from './upload.events.js';
import type { UploadState } from './upload.state.js';

export type UploadCommand =
  | { readonly type: 'StartUpload'; readonly started: UploadStartedData }
  /** @param last row that was taken; those since the one before it are meant */
  | { readonly type: 'TakeRows'; readonly last: number; readonly rejected: readonly RejectedRow[] }
  | { readonly type: 'CompleteUpload' };

/** An upload that goes on after a crash comes by its first rows again: what has its result keeps it. */
export const decideUpload = (command: UploadCommand, state: UploadState): UploadEvent[] => {
  switch (command.type) {
    case 'StartUpload':
      return state.status === 'absent' ? [{ type: 'UploadStarted', data: command.started }] : [];
    case 'TakeRows': {
      if (state.status !== 'under-way' || command.last <= state.lastRow) return [];
      const first = state.lastRow + 1;
      const rejected = command.rejected.filter(({ row }) => row >= first);
      return [{ type: 'UploadRowsTaken', data: { first, last: command.last, rejected } }];
    }
    case 'CompleteUpload':
      return state.status === 'under-way' ? [{ type: 'UploadCompleted', data: state.counts }] : [];
    default:
      return assertNever(command);
  }
};
