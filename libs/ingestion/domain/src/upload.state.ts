import { assertNever } from './submission.state.js';
import type { UploadCounts, UploadEvent, UploadStartedData } from './upload.events.js';

export type UploadState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'under-way' | 'completed';
      readonly started: UploadStartedData;
      /** Rows up to here have their results. */
      readonly lastRow: number;
      readonly counts: UploadCounts;
    };

export const initialUploadState: UploadState = { status: 'absent' };

export const evolveUpload = (state: UploadState, event: UploadEvent): UploadState => {
  switch (event.type) {
    case 'UploadStarted':
      return { status: 'under-way', started: event.data, lastRow: 0, counts: { accepted: 0, rejected: 0 } };
    case 'UploadRowsTaken': {
      if (state.status === 'absent') return state;
      const { first, last, rejected } = event.data;
      const accepted = last - first + 1 - rejected.length;
      return {
        ...state,
        lastRow: last,
        counts: {
          accepted: state.counts.accepted + accepted,
          rejected: state.counts.rejected + rejected.length,
        },
      };
    }
    case 'UploadCompleted':
      return state.status === 'absent' ? state : { ...state, status: 'completed' };
    default:
      return assertNever(event);
  }
};
