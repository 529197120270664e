import type { Caller } from '@registry/access';
import type { SubmissionContent } from '@registry/contracts';
import type { UploadStartedData } from '@registry/ingestion-domain';
import type { RowProblem } from './row-problem.js';

/** What one kind of upload makes of a row. */
export interface UploadKind {
  readonly kind: UploadStartedData['kind'];
  read(value: unknown, context: RowContext): RowReading;
}

export interface RowContext {
  readonly caller: Caller;
  /** Statutory category of the caller's organization. */
  readonly category: string;
  /** Of receipt, `YYYY-MM-DD`: nothing is after it. */
  readonly today: string;
}

export type RowReading =
  /** `name`: what the sender calls it; the same name and content is the same submission. */
  | { readonly content: SubmissionContent; readonly name: string }
  | { readonly problems: readonly RowProblem[] };
