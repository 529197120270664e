import { randomUUID } from 'node:crypto';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Caller } from '@registry/access';
import type { SubmissionContent } from '@registry/contracts';
import { EVENT_STORE, type EventStore, type JsonObject } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { errorCode, LOGGER, type Logger } from '@registry/observability';
import { CLOCK, type Clock } from '@registry/runtime';
import type { ReadMessage } from '../receive-hl7/read-message.js';
import type { RowProblem } from '../uploads/row-problem.js';
import { ClientTally } from './client-tally.js';
import { contentFacts } from './content-facts.js';

const WRITE_EVERY_MS = 15_000;

/**
 * Counts what becomes of submissions, by client, and writes the counts to the client's journal of the day every few seconds: a rejected
 * message leaves nothing else behind. A process that is killed loses the counts since, never a submission.
 */
@Injectable()
export class SubmissionTally implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private tallies = new Map<string, ClientTally>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.write().catch((error: unknown) =>
        this.logger.warn('ingestion.tally-not-written', { code: errorCode(error) }),
      );
    }, WRITE_EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  /** Counts one message and what became of it. */
  message(caller: Caller, { outcome, problems, submission }: ReadMessage, reused: boolean): void {
    const tally = this.of(caller);
    if (outcome === 'accepted') tally.accepted += 1;
    else if (outcome === 'accepted-with-errors') tally.acceptedWithErrors += 1;
    else tally.rejected += 1;
    if (reused) tally.reused += 1;
    for (const problem of problems) tally.problem(problem);
    if (submission !== undefined) tally.content(submission.facts);
  }

  /** Counts one row of an upload, or an entry by hand. */
  row(caller: Caller, outcome: SubmissionContent | readonly RowProblem[]): void {
    const tally = this.of(caller);
    if ('contentVersion' in outcome) {
      tally.accepted += 1;
      tally.content(contentFacts(outcome, legalDayOf(this.clock.now())));
      return;
    }
    tally.rejected += 1;
    for (const { field, code } of outcome) tally.problem(`${field === '' ? 'row' : field} ${code} E`);
  }

  /** Appends what was counted since the last time. */
  async write(): Promise<void> {
    const written = this.tallies;
    this.tallies = new Map();
    const failures: unknown[] = [];
    for (const [clientId, tally] of written) {
      try {
        await this.store.append(qualityStream(clientId, this.today()), 'any', [
          {
            id: randomUUID(),
            type: 'SubmissionsTallied',
            data: tally.tally() as unknown as JsonObject,
            metadata: { schemaVersion: 1, actor: clientId },
          },
        ]);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  private of({ clientId, organizationId }: Caller): ClientTally {
    let tally = this.tallies.get(clientId);
    if (tally === undefined) {
      tally = new ClientTally(clientId, organizationId);
      this.tallies.set(clientId, tally);
    }
    return tally;
  }

  private today(): string {
    return this.clock.now().toISOString().slice(0, 10);
  }
}

export const qualityStream = (clientId: string, day: string): string => `quality-${clientId}-${day}`;
