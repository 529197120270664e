import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import { EVENT_STORE, type EventStore, type JsonObject } from '@registry/event-store';
import {
  decideUpload,
  evolveUpload,
  initialUploadState,
  type RejectedRow,
  type UploadCommand,
  type UploadCounts,
  type UploadEvent,
  type UploadState,
} from '@registry/ingestion-domain';
import { ConsumerRegistry, derivedEventId } from '@registry/messaging';
import { CLOCK, type Clock } from '@registry/runtime';
import { legalDayOf } from '@registry/legal-day';
import { SubmissionIntake } from '../intake/submission-intake.js';
import { written } from '../intake/written-content.js';
import { SubmissionTally } from '../quality/submission-tally.js';
import type { RowProblem } from './row-problem.js';
import type { SentRow } from './rows.js';
import type { RowContext, UploadKind } from './upload-kind.js';

/** What the sender of an upload is told. */
export interface UploadAnswer extends UploadCounts {
  readonly uploadId: string;
  /** Of the first rows; all of them are at `results`. */
  readonly rows: readonly RowResult[];
  /** Where every row's result can be fetched. */
  readonly results: string;
}

export interface RowResult {
  readonly row: number;
  readonly status: 'accepted' | 'rejected';
  readonly problems?: RejectedRow['problems'];
}

/** Rows that are kept together: they share their commits, and the next are read only when these are durable. */
const BATCH = 500;
/** Rows of a batch that are taken before others are let in, and before it is looked whether consumers keep up. */
const SLICE = 50;
const ROWS_IN_ANSWER = 1_000;
const PAGE = 200;

/** Takes files of rows, of any size: a batch at a time, each with its results kept before the next is read. */
@Injectable()
export class Uploads {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly intake: SubmissionIntake,
    private readonly tally: SubmissionTally,
    private readonly consumers: ConsumerRegistry,
  ) {}

  /**
   * Takes the rows in order. A row that is wrong spoils only itself. An upload of an id that is there already goes on where its results end;
   * rows sent again are no second submissions.
   */
  async take(
    uploadId: string,
    kind: UploadKind,
    rows: AsyncIterable<SentRow>,
    caller: Caller,
  ): Promise<UploadAnswer> {
    const context: RowContext = {
      caller,
      category: await this.categoryOf(caller),
      today: legalDayOf(this.clock.now()),
    };
    const upload = await OpenUpload.load(this.store, uploadId, caller);
    const { clientId, organizationId } = caller;
    await upload.execute({ type: 'StartUpload', started: { clientId, organizationId, kind: kind.kind } });
    for await (const batch of batchesOf(rows)) await this.takeBatch(upload, kind, batch, context);
    await upload.execute({ type: 'CompleteUpload' });
    return this.answerOf(uploadId, upload.state);
  }

  /** The result of each row, in order; nothing if the organization has no such upload. */
  async *resultsOf(uploadId: string, organizationId: string): AsyncIterable<RowResult> {
    for (let from = 0; ; from += PAGE) {
      const events = await this.store.read(uploadStream(uploadId), { from, limit: PAGE });
      for (const event of events as unknown as readonly UploadEvent[]) {
        if (event.type === 'UploadStarted' && event.data.organizationId !== organizationId) return;
        if (event.type === 'UploadRowsTaken') yield* rowResultsOf(event.data);
      }
      if (events.length < PAGE) return;
    }
  }

  /** Is there such an upload of the organization? */
  async has(uploadId: string, organizationId: string): Promise<boolean> {
    const [first] = await this.store.read(uploadStream(uploadId), { limit: 1 });
    return first?.data['organizationId'] === organizationId;
  }

  private async takeBatch(
    upload: OpenUpload,
    kind: UploadKind,
    batch: readonly SentRow[],
    context: RowContext,
  ): Promise<void> {
    const rejected: RejectedRow[] = [];
    const kept: Promise<unknown>[] = [];
    for (const [index, sent] of batch.entries()) {
      if (index % SLICE === SLICE - 1) await this.consumers.whileLate();
      if ('problem' in sent) {
        this.reject(rejected, sent.row, [{ field: '', code: sent.problem }], context.caller);
        continue;
      }
      const reading = kind.read(sent.value, context);
      if ('problems' in reading) {
        this.reject(rejected, sent.row, reading.problems, context.caller);
        continue;
      }
      const { clientId } = context.caller;
      const name = { clientId, facility: kind.kind, controlId: reading.name };
      const keeping = this.intake.keep(name, written(reading.content), context.caller);
      // One that fails is heard of below, with the others.
      keeping.catch(() => undefined);
      kept.push(keeping);
      this.tally.row(context.caller, reading.content);
    }
    await Promise.all(kept);
    await upload.execute({ type: 'TakeRows', last: batch.at(-1)?.row ?? 0, rejected });
  }

  private reject(
    rejected: RejectedRow[],
    row: number,
    problems: readonly RowProblem[],
    caller: Caller,
  ): void {
    rejected.push({ row, problems });
    this.tally.row(caller, problems);
  }

  private async answerOf(uploadId: string, state: UploadState): Promise<UploadAnswer> {
    const counts = state.status === 'absent' ? { accepted: 0, rejected: 0 } : state.counts;
    const organizationId = state.status === 'absent' ? '' : state.started.organizationId;
    const rows: RowResult[] = [];
    for await (const result of this.resultsOf(uploadId, organizationId)) {
      if (rows.push(result) === ROWS_IN_ANSWER) break;
    }
    return { uploadId, ...counts, results: `/uploads/${uploadId}/results`, rows };
  }

  private async categoryOf({ organizationId }: Caller): Promise<string> {
    const [head] = await this.store.heads([accessStreams.organization(organizationId)]);
    const state = head?.data['state'] as { readonly category?: string } | undefined;
    return state?.category ?? '';
  }
}

async function* batchesOf(rows: AsyncIterable<SentRow>): AsyncIterable<readonly SentRow[]> {
  let batch: SentRow[] = [];
  for await (const row of rows) {
    if (batch.push(row) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const uploadStream = (uploadId: string): string => `upload-${uploadId}`;

/** An upload's stream, read once and written by this process alone. */
class OpenUpload {
  private constructor(
    private readonly store: EventStore,
    private readonly uploadId: string,
    private readonly actor: string,
    public state: UploadState,
    private revision: number | 'none',
  ) {}

  static async load(store: EventStore, uploadId: string, { clientId }: Caller): Promise<OpenUpload> {
    let state = initialUploadState;
    let revision: number | 'none' = 'none';
    for (let from = 0; ; from += PAGE) {
      const events = await store.read(uploadStream(uploadId), { from, limit: PAGE });
      state = (events as unknown as readonly UploadEvent[]).reduce(evolveUpload, state);
      revision = events.at(-1)?.revision ?? revision;
      if (events.length < PAGE) return new OpenUpload(store, uploadId, clientId, state, revision);
    }
  }

  /** @throws RevisionConflict the same upload comes twice at the same time */
  async execute(command: UploadCommand): Promise<void> {
    const events = decideUpload(command, this.state);
    if (events.length === 0) return;
    const { revision } = await this.store.append(
      uploadStream(this.uploadId),
      this.revision,
      events.map((event, index) => ({
        id: derivedEventId(this.uploadId, String(this.revision), index),
        type: event.type,
        data: event.data as unknown as JsonObject,
        metadata: { schemaVersion: 1, actor: this.actor },
      })),
    );
    this.revision = revision;
    this.state = events.reduce(evolveUpload, this.state);
  }
}

function* rowResultsOf({
  first,
  last,
  rejected,
}: Extract<UploadEvent, { type: 'UploadRowsTaken' }>['data']): Iterable<RowResult> {
  const problems = new Map(rejected.map((row) => [row.row, row.problems]));
  for (let row = first; row <= last; row += 1) {
    const found = problems.get(row);
    yield found === undefined ? { row, status: 'accepted' } : { row, status: 'rejected', problems: found };
  }
}
