import { changed, meet, sameSetting, tightens, type PrivacySetting } from './privacy-setting.js';
import type { SettingCause, SettingEvent } from './privacy.events.js';

/**
 * What the absorbed part of a merged person gets at un-merge: its own setting at the merge, every tightening since, and a loosening only if
 * its requester was verified for this part (DOMAIN 3.5).
 *
 * @param history the survivor's setting events, all, in order @param isPart is this the absorbed person, or one merged into it?
 */
export const absorbedAfterUnmerge = (
  atMerge: PrivacySetting,
  history: readonly SettingEvent[],
  mergeId: string,
  isPart: (personId: string) => boolean,
): PrivacySetting => {
  const merged = history.findIndex(
    ({ data: { cause } }) => cause.kind === 'merge' && cause.mergeId === mergeId,
  );
  return history
    .slice(merged)
    .reduce(
      (setting, event) => withChange(setting, event, (partId) => partId !== undefined && isPart(partId)),
      atMerge,
    );
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
  for (const { type, data } of history) {
    if (type === 'PersonsUnmerged' && data.cause.kind === 'unmerge') undone.add(data.cause.mergeId);
  }
  let setting: PrivacySetting | undefined;
  /** Merges that will have been undone, while they stand. */
  const passing = new Set<string>();
  for (const event of history) {
    const { cause } = event.data;
    if (setting === undefined || event.type === 'SettingRestored') setting = event.data.setting;
    else if (cause.kind === 'merge') {
      if (undone.has(cause.mergeId)) passing.add(cause.mergeId);
      else setting = meet(setting, cause.other);
    } else if (cause.kind === 'unmerge') passing.delete(cause.mergeId);
    else {
      // Alone, or merged with whom it stays merged with: whatever was changed was its own.
      const own = passing.size === 0;
      // The first events do not say what was asked for, only what came of it.
      if (own && event.data.change === undefined) setting = event.data.setting;
      setting = withChange(setting, event, (partId) => own || (partId !== undefined && !isPart(partId)));
    }
  }
  if (setting === undefined) throw new Error('A privacy stream begins with a setting');
  return setting;
};

/** A tightening goes to every part, a loosening to the part that its requester was verified for. */
const withChange = (
  setting: PrivacySetting,
  { data: { change, cause } }: SettingEvent,
  isFor: (partId: string | undefined) => boolean,
): PrivacySetting => {
  if (change === undefined) return setting;
  const after = changed(setting, change);
  const takes = sameSetting(setting, after) || tightens(setting, after) || isFor(verifiedFor(cause));
  return takes ? after : setting;
};

const verifiedFor = (cause: SettingCause): string | undefined =>
  cause.kind === 'request' ? cause.verifiedFor : undefined;
