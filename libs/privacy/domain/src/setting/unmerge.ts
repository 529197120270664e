import { changed, meet, sameSetting, tightens, type PrivacySetting } from './privacy-setting.js';
import type { AskedChange, SettingEvent } from './privacy.events.js';

/**
 * What the absorbed part of a merged person gets at un-merge: its own setting at the merge, every tightening since, and a loosening only if
 * its requester was verified for this part (DOMAIN 3.5).
 *
 * @param history the survivor's setting events, all, in order @param isPart is this the absorbed person, or one merged into it?
 * @returns the setting, and the changes that made it of the one at the merge
 */
export const absorbedAfterUnmerge = (
  atMerge: PrivacySetting,
  history: readonly SettingEvent[],
  mergeId: string,
  isPart: (personId: string) => boolean,
): { readonly setting: PrivacySetting; readonly since: readonly AskedChange[] } => {
  const merged = history.findIndex(
    ({ data: { cause } }) => cause.kind === 'merge' && cause.mergeId === mergeId,
  );
  let setting = atMerge;
  const since: AskedChange[] = [];
  for (const asked of history.slice(merged).flatMap(askedIn)) {
    const after = taken(setting, asked, isPart);
    if (sameSetting(setting, after)) continue;
    setting = after;
    since.push(asked);
  }
  return { setting, since };
};

/**
 * What the survivor is left with: its setting as if the merge had not been, with every tightening since, and each loosening but those for
 * the absorbed part. Merges that stand count on, those that were undone do not.
 *
 * @param history the survivor's setting events, all, in order @param isPart is this the absorbed person, or one merged into it?
 * @throws Error the history holds no setting
 */
export const survivorAfterUnmerge = (
  history: readonly SettingEvent[],
  mergeId: string,
  isPart: (personId: string) => boolean,
): PrivacySetting => {
  const undone = new Set([mergeId]);
  for (const { data } of history) if (data.cause.kind === 'unmerge') undone.add(data.cause.mergeId);
  // Its own un-merges from others are not of those that it survived.
  for (const { type, data } of history) {
    if (type === 'SettingRestored' && data.cause.kind === 'unmerge') undone.delete(data.cause.mergeId);
  }
  let setting: PrivacySetting | undefined;
  /** Merges that will have been undone, while they stand. */
  const passing = new Set<string>();
  for (const { type, data } of history) {
    const { cause } = data;
    if (setting === undefined) setting = data.setting;
    else if (cause.kind === 'merge') {
      if (undone.has(cause.mergeId)) passing.add(cause.mergeId);
      else setting = meet(setting, cause.other);
    } else if (type === 'PersonsUnmerged' && cause.kind === 'unmerge') passing.delete(cause.mergeId);
    // Alone, or merged with whom it stays merged with: whatever was changed was its own.
    else if (passing.size === 0) setting = ownSetting(setting, data);
    else {
      for (const asked of askedIn({ type, data })) setting = taken(setting, asked, (part) => !isPart(part));
    }
  }
  if (setting === undefined) throw new Error('A privacy stream begins with a setting');
  return setting;
};

/** Events of a review and the like say nothing of the setting; the first events do not say what was asked for, only what came of it. */
const ownSetting = (
  before: PrivacySetting,
  { change, cause, setting }: SettingEvent['data'],
): PrivacySetting => {
  if (change !== undefined) return changed(before, change);
  return cause.kind === 'request' || cause.kind === 'unmerge' ? setting : before;
};

/** What was asked for in an event: once, or all the while that the person followed another. */
const askedIn = ({ data: { change, cause } }: SettingEvent): readonly AskedChange[] => {
  if (cause.kind === 'unmerge') return cause.since ?? [];
  if (change === undefined) return [];
  const verifiedFor = cause.kind === 'request' ? cause.verifiedFor : undefined;
  return [verifiedFor === undefined ? { change } : { change, verifiedFor }];
};

/** A tightening goes to every part, a loosening to the part that its requester was verified for. */
const taken = (
  setting: PrivacySetting,
  { change, verifiedFor }: AskedChange,
  isFor: (partId: string) => boolean,
): PrivacySetting => {
  const after = changed(setting, change);
  return tightens(setting, after) || (verifiedFor !== undefined && isFor(verifiedFor)) ? after : setting;
};
