import type { EvidenceItem } from './access.events.js';
import { monthsAfter } from './evidence.js';
import { countyCodeOf } from './minnesota-counties.js';
import { RELATIONSHIP_POLICY, type RelationshipPolicy } from './relationship-policy.js';

/** Where a person lives, as far as community health boards go: a county of Minnesota by its FIPS code, or none of them. */
export type Residence = { readonly county: string } | 'elsewhere';

/**
 * Where an address is. Undefined: it does not say, or not in a way that can be read.
 * @param county FIPS code or name, as sent @param state postal abbreviation or FIPS code, as sent
 */
export const residenceOf = ({
  county = '',
  state = '',
}: {
  readonly county?: string | undefined;
  readonly state?: string | undefined;
}): Residence | undefined => {
  const code = countyCodeOf(county);
  // A whole FIPS code says its state by itself.
  if (WHOLE_CODE.test(county.trim())) {
    if (code !== undefined) return { county: code };
    return county.trim().startsWith(MINNESOTA.fips) ? undefined : 'elsewhere';
  }
  // Names and short codes mean something within a state only: Wisconsin has a Douglas County, too.
  if (isOtherState(state.trim().toUpperCase())) return 'elsewhere';
  return code === undefined ? undefined : { county: code };
};

/** Is the person a resident at that instant, by these pieces of evidence? */
export const isResidentAt = (items: readonly EvidenceItem[], at: string): boolean =>
  items.some(
    (item) =>
      item.kind === 'residence' &&
      item.cutShort !== true &&
      Date.parse(item.startsAt) <= Date.parse(at) &&
      Date.parse(at) < Date.parse(item.endsAt),
  );

/**
 * Has a later submission told already where the person lives? Submissions may be linked in another order than they came in. To within the
 * days that a renewal must gain: what gains less is not recorded.
 */
export const isOutdated = (
  receivedAt: string,
  items: readonly EvidenceItem[],
  policy: RelationshipPolicy = RELATIONSHIP_POLICY,
): boolean =>
  items.some(({ kind, cutShort, endsAt }) => {
    if (kind !== 'residence') return false;
    // One cut short ends when the person was known to live elsewhere; any other some months after it was last known.
    const known = cutShort === true ? receivedAt : monthsAfter(receivedAt, policy.residence.months);
    return Date.parse(known) < Date.parse(endsAt);
  });

const MINNESOTA = { fips: '27', postal: 'MN' };

const WHOLE_CODE = /^\d{5}$/;

/** What is neither of the two codes of a state is taken for a way to write Minnesota, not for a move. */
const isOtherState = (state: string): boolean =>
  /^([A-Z]{2}|\d{2})$/.test(state) && state !== MINNESOTA.fips && state !== MINNESOTA.postal;
