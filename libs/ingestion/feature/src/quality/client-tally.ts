import type { SubmissionContent, SubmittedDose } from '@registry/contracts';
import type { Tally } from '@registry/ingestion-domain';

const DAY_MS = 86_400_000;
const TIMELINESS = [
  ['0-1', 1],
  ['2-7', 7],
  ['8-14', 14],
  ['15-30', 30],
] as const;

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

  /** @param today of receipt, `YYYY-MM-DD` */
  content({ demographics, doses }: SubmissionContent, today: string): void {
    this.element('sex', demographics.sex !== undefined && demographics.sex !== 'U');
    this.element('address', demographics.addresses.length > 0);
    this.element('phone', demographics.phones.length > 0);
    this.element('mothersMaidenName', demographics.mothersMaidenName?.family !== undefined);
    this.element('guardian', demographics.guardians.length > 0);
    for (const dose of doses) if (isOwnDose(dose)) this.dose(dose, today);
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

  private dose(dose: SubmittedDose, today: string): void {
    const days = (Date.parse(today) - Date.parse(dose.date)) / DAY_MS;
    const [bucket] = TIMELINESS.find(([, last]) => days <= last) ?? ['31+'];
    this.timeliness.set(bucket, (this.timeliness.get(bucket) ?? 0) + 1);
    this.element('dose.lot', dose.lot !== undefined);
    this.element('dose.manufacturer', dose.manufacturer !== undefined);
    this.element('dose.expiration', dose.expiration !== undefined);
    this.element('dose.route', dose.route !== undefined);
    this.element('dose.site', dose.site !== undefined);
    this.element('dose.fundingEligibility', dose.fundingEligibility !== undefined);
  }

  private element(name: string, isPresent: boolean): void {
    const count = this.completeness.get(name) ?? { present: 0, of: 0 };
    count.of += 1;
    if (isPresent) count.present += 1;
    this.completeness.set(name, count);
  }
}

/** Given by the sender itself: only then could it know everything, and at once. */
const isOwnDose = ({ source, completion, action }: SubmittedDose): boolean =>
  source === '00' && action !== 'D' && (completion === 'CP' || completion === 'PA');
