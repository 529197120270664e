/** Events of `upload-<id>`: one file of rows of one client, and what became of each row. No data about persons. */
export type UploadEvent =
  | { readonly type: 'UploadStarted'; readonly data: UploadStartedData }
  | { readonly type: 'UploadRowsTaken'; readonly data: UploadRowsTakenData }
  | { readonly type: 'UploadCompleted'; readonly data: UploadCounts };

export interface UploadStartedData {
  readonly clientId: string;
  readonly organizationId: string;
  readonly kind: 'vital-records' | 'roster';
}

export interface UploadRowsTakenData {
  /** Rows count from 1; these are `first` to `last`, both included. All that are not rejected were accepted. */
  readonly first: number;
  readonly last: number;
  readonly rejected: readonly RejectedRow[];
}

export interface RejectedRow {
  readonly row: number;
  /** The place and a code, never a value. */
  readonly problems: readonly { readonly field: string; readonly code: string }[];
}

export interface UploadCounts {
  readonly accepted: number;
  readonly rejected: number;
}
