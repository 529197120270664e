import type { SubmissionContent, SubmittedDose } from '@registry/contracts';

const DAY_MS = 86_400_000;
const TIMELINESS = [
  ['0-1', 1],
  ['2-7', 7],
  ['8-14', 14],
  ['15-30', 30],
] as const;

/** What the quality report counts of a content; nothing of a person. */
export interface ContentFacts {
  /** Elements that are there, and those that are not; an element of doses as often as there are doses. */
  readonly present: readonly string[];
  readonly missing: readonly string[];
  /** Days from each dose to its receipt, in classes. */
  readonly timeliness: readonly string[];
}

/** @param today of receipt, `YYYY-MM-DD` */
export const contentFacts = (
  { demographics, doses }: Pick<SubmissionContent, 'demographics' | 'doses'>,
  today: string,
): ContentFacts => {
  const present: string[] = [];
  const missing: string[] = [];
  const timeliness: string[] = [];
  const element = (name: string, isPresent: boolean) => (isPresent ? present : missing).push(name);
  element('sex', demographics.sex !== undefined && demographics.sex !== 'U');
  element('address', demographics.addresses.length > 0);
  element('phone', demographics.phones.length > 0);
  element('mothersMaidenName', demographics.mothersMaidenName?.family !== undefined);
  element('guardian', demographics.guardians.length > 0);
  for (const dose of doses) {
    if (!isOwnDose(dose)) continue;
    timeliness.push(timelinessOf(dose, today));
    element('dose.lot', dose.lot !== undefined);
    element('dose.manufacturer', dose.manufacturer !== undefined);
    element('dose.expiration', dose.expiration !== undefined);
    element('dose.route', dose.route !== undefined);
    element('dose.site', dose.site !== undefined);
    element('dose.fundingEligibility', dose.fundingEligibility !== undefined);
  }
  return { present, missing, timeliness };
};

const timelinessOf = (dose: SubmittedDose, today: string): string => {
  const days = (Date.parse(today) - Date.parse(dose.date)) / DAY_MS;
  const [bucket] = TIMELINESS.find(([, last]) => days <= last) ?? ['31+'];
  return bucket;
};

/** Given by the sender itself: only then could it know everything, and at once. */
const isOwnDose = ({ source, completion, action }: SubmittedDose): boolean =>
  source === '00' && action !== 'D' && (completion === 'CP' || completion === 'PA');
