import type { Tally } from '@registry/ingestion-domain';
import type { ContentFacts } from './content-facts.js';

/** Problems that are told apart; more kinds of them are counted together, so that a sender cannot grow the tally. */
const MAX_KINDS = 500;

/** Counts of one client since the last were written: adding is all that happens on the way of a message. */
export class ClientTally {
  accepted = 0;
  acceptedWithErrors = 0;
  rejected = 0;
  reused = 0;
  private readonly problems = new Map<string, number>();
  private readonly timeliness = new Map<string, number>();
  private readonly completeness = new Map<string, { present: number; of: number }>();

  constructor(
    private readonly clientId: string,
    private readonly organizationId: string,
  ) {}

  problem(kind: string): void {
    const known = this.problems.get(kind);
    const name = known === undefined && this.problems.size >= MAX_KINDS ? 'other' : kind;
    this.problems.set(name, (this.problems.get(name) ?? 0) + 1);
  }

  content({ present, missing, timeliness }: ContentFacts): void {
    for (const name of present) this.element(name, true);
    for (const name of missing) this.element(name, false);
    for (const bucket of timeliness) this.timeliness.set(bucket, (this.timeliness.get(bucket) ?? 0) + 1);
  }

  /** What is kept of it. */
  tally(): Tally {
    const { clientId, organizationId, accepted, acceptedWithErrors, rejected, reused } = this;
    return {
      clientId,
      organizationId,
      accepted,
      acceptedWithErrors,
      rejected,
      reused,
      problems: Object.fromEntries(this.problems),
      timeliness: Object.fromEntries(this.timeliness),
      completeness: Object.fromEntries(this.completeness),
    };
  }

  private element(name: string, isPresent: boolean): void {
    const count = this.completeness.get(name) ?? { present: 0, of: 0 };
    count.of += 1;
    if (isPresent) count.present += 1;
    this.completeness.set(name, count);
  }
}
