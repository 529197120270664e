import { byReceipt } from './ordering.js';
import type { RecordSource, SourceVital } from './source.js';

/**
 * What a source counts for (DOMAIN 1.3).
 *
 * `stands`: it makes up the record.
 * `superseded`: a later version of the same vital record has taken its place; the person can still be found by it.
 * `withdrawn`: by a void, as is the void itself. Nothing of it shows.
 * `sealed`: replaced (adoption, paternity, name, court order). Usable for matching only: nothing of it shows, ever.
 */
export type Standing = 'stands' | 'superseded' | 'withdrawn' | 'sealed';

type VitalSource = RecordSource & { readonly vital: SourceVital };

export const isVital = (source: RecordSource): source is VitalSource => source.vital !== undefined;

/** By submission id. A function of the set of sources: no order of arrival matters. */
export const standingsOf = (sources: readonly RecordSource[]): Map<string, Standing> => {
  const standings = new Map<string, Standing>(sources.map(({ submissionId }) => [submissionId, 'stands']));
  const records = vitalRecords(sources);
  for (const versions of records.values()) {
    const lastVoid = versions.findLastIndex(({ vital }) => vital.event === 'void');
    const lastReplacement = versions.findLastIndex(({ vital }) => vital.event === 'replacement');
    for (const [index, { submissionId }] of versions.entries()) {
      if (index < lastReplacement) standings.set(submissionId, 'sealed');
      else if (index <= lastVoid) standings.set(submissionId, 'withdrawn');
      else if (index < versions.length - 1) standings.set(submissionId, 'superseded');
    }
  }
  // A replacement seals for good: also when it is itself replaced or withdrawn later.
  for (const { organizationId, vital } of [...records.values()].flat()) {
    const { event, register, fileNumber, replaces } = vital;
    if (event !== 'replacement' || replaces === undefined || replaces === fileNumber) continue;
    for (const { submissionId } of records.get(recordKey(organizationId, register, replaces)) ?? []) {
      standings.set(submissionId, 'sealed');
    }
  }
  return standings;
};

/** Those that may be kept in clear, and that the person may be found by: neither withdrawn nor sealed. */
export const showableSources = (sources: readonly RecordSource[]): readonly RecordSource[] =>
  withStanding(sources, (standing) => standing === 'stands' || standing === 'superseded');

/** Those that make up the record. */
export const standingSources = (sources: readonly RecordSource[]): readonly RecordSource[] =>
  withStanding(sources, (standing) => standing === 'stands');

const withStanding = (
  sources: readonly RecordSource[],
  wanted: (standing: Standing | undefined) => boolean,
): readonly RecordSource[] => {
  // All but vital records stand.
  if (!sources.some(isVital)) return sources;
  const standings = standingsOf(sources);
  return sources.filter(({ submissionId }) => wanted(standings.get(submissionId)));
};

/** Milliseconds of the last replacement; undefined: there is none. */
export const lastReplacementAt = (sources: readonly RecordSource[]): number | undefined => {
  const replaced = sources.filter(isVital).filter(({ vital }) => vital.event === 'replacement');
  return replaced.length === 0 ? undefined : Math.max(...replaced.map(issuedAt));
};

/** Newest version last. */
export const byIssue = (a: VitalSource, b: VitalSource): number =>
  issuedAt(a) - issuedAt(b) || strength(a) - strength(b) || byReceipt(a, b);

/** The versions of each vital record, which is one file number of one register of one organization; oldest first. */
const vitalRecords = (sources: readonly RecordSource[]): Map<string, VitalSource[]> => {
  const records = new Map<string, VitalSource[]>();
  for (const source of sources.filter(isVital).sort(byIssue)) {
    const { register, fileNumber } = source.vital;
    const key = recordKey(source.organizationId, register, fileNumber);
    const versions = records.get(key);
    if (versions === undefined) records.set(key, [source]);
    else versions.push(source);
  }
  return records;
};

const recordKey = (organizationId: string, register: string, fileNumber: string): string =>
  [organizationId, register, fileNumber].join('|');

const issuedAt = ({ vital }: VitalSource): number => Date.parse(vital.issuedAt);

/** Of versions issued at the same instant, what hides others comes last. */
const strength = ({ vital }: VitalSource): number => {
  switch (vital.event) {
    case 'birth':
    case 'amendment':
    case 'death':
      return 0;
    case 'replacement':
      return 1;
    case 'void':
      return 2;
  }
};
