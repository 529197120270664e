import type { EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  decidePrivacy,
  meet,
  sameSetting,
  type MergeCause,
  type OpenedPrivacy,
  type PrivacySetting,
  type SettingFollowsData,
} from '@registry/privacy-domain';
import { readPrivacyHead, survivorOf, type ReleaseGate } from '@registry/privacy-gate';
import { oweNotice } from '../notice/person-notice.js';
import { openTask } from '../task/open-task.js';
import { partsOf, settingHistory } from './setting-history.js';

export interface MergeParts {
  readonly store: EventStore;
  readonly gate: ReleaseGate;
}

export interface MergeOrder {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
}

const GROUP = 'privacy-merge';

/**
 * Merges two persons' settings, before identity links them: the survivor gets the meet of both, then the other follows it. Whatever is read in
 * between is read under the stricter view. Ends alike from wherever it was interrupted (DESIGN.md, Merge is privacy first).
 *
 * @param decidedAt ISO-8601 UTC @throws SettingChangeUnavailable the message comes again
 */
export const mergeSettings = async (
  parts: MergeParts,
  order: MergeOrder,
  causationId: string,
  decidedAt: string,
): Promise<void> => {
  const { store, gate } = parts;
  const { mergeId, absorbedId } = order;
  const survivorId = await survivorOf(store, order.survivorId);
  const metadata = { schemaVersion: 1, causationId, actor: GROUP };
  for (;;) {
    const { state: absorbed } = await readPrivacyHead(store, absorbedId);
    // Done before, or merged with somebody else first: then there is nothing of its own to merge.
    if (absorbed.status === 'follows' || survivorId === absorbedId) break;
    // Its opening is on its way.
    if (absorbed.status === 'unopened') throw new MergeTooEarly();
    const cause: MergeCause = { kind: 'merge', mergeId, survivorId, absorbedId, other: absorbed.setting };
    const merged = await meetSetting(parts, survivorId, cause, metadata);
    const follows: SettingFollowsData = {
      settingRevision: absorbed.settingRevision,
      survivorId,
      mergeId,
      ...(absorbed.review?.kind === 'held' && merged.optedOut ? { discard: true } : {}),
    };
    await gate.commit(absorbedId, derivedEventId(GROUP, mergeId, 'follows', absorbedId), ({ state }) =>
      // Changed since: the survivor must take that in first.
      state.status === 'opened' && state.settingRevision === absorbed.settingRevision
        ? { type: 'SettingFollows', data: follows, metadata }
        : undefined,
    );
  }
  await followAlong(parts, absorbedId, survivorId, metadata);
  await Promise.all([gate.settled(absorbedId), gate.settled(survivorId)]);
  await tell(parts, survivorId, mergeId, causationId, decidedAt);
};

/** The privacy stream of one of the two is not there yet: the message comes again. */
export class MergeTooEarly extends Error {
  readonly code = 'GATE.MERGE_TOO_EARLY';
}

/** @returns the survivor's setting from then on */
const meetSetting = async (
  { store, gate }: MergeParts,
  survivorId: string,
  cause: MergeCause,
  metadata: { readonly schemaVersion: number; readonly causationId: string; readonly actor: string },
): Promise<PrivacySetting> => {
  const known = (await settingHistory(store, survivorId)).some(
    ({ data }) => data.cause.kind === 'merge' && data.cause.mergeId === cause.mergeId,
  );
  const eventId = derivedEventId(GROUP, cause.mergeId, 'meets', JSON.stringify(cause.other));
  const { head } = await gate.commit(survivorId, eventId, ({ state }) => {
    if (state.status !== 'opened') throw new MergeTooEarly();
    const covers = sameSetting(meet(state.setting, cause.other), state.setting);
    if (known && covers) return undefined;
    const [event] = decidePrivacy({ type: 'MeetSetting', other: cause.other, cause }, state);
    return event === undefined ? undefined : { ...event, metadata };
  });
  return meet((head.state as OpenedPrivacy).setting, cause.other);
};

/** Whoever followed the absorbed person names the new survivor, so that a reader needs one step. */
const followAlong = async (
  { store, gate }: MergeParts,
  absorbedId: string,
  survivorId: string,
  metadata: { readonly schemaVersion: number; readonly causationId: string; readonly actor: string },
): Promise<void> => {
  for (const part of await partsOf(store, absorbedId)) {
    if (part === absorbedId) continue;
    const { state } = await readPrivacyHead(store, part);
    if (state.status !== 'follows' || state.survivorId === survivorId) continue;
    const { mergeId } = state;
    const eventId = derivedEventId(GROUP, mergeId, 'follows', part, survivorId, metadata.causationId);
    await gate.commit(part, eventId, ({ state: now }) =>
      now.status === 'follows' && now.survivorId !== survivorId
        ? {
            type: 'SettingFollows',
            data: { settingRevision: now.settingRevision, survivorId, mergeId } satisfies SettingFollowsData,
            metadata,
          }
        : undefined,
    );
  }
};

/** The person hears of it where the merge let fewer see; two locks that nobody is in need somebody who asks (DOMAIN 3.5). */
const tell = async (
  { store }: MergeParts,
  survivorId: string,
  mergeId: string,
  causationId: string,
  decidedAt: string,
): Promise<void> => {
  const history = await settingHistory(store, survivorId);
  const place = history.findIndex(
    ({ data: { cause } }) => cause.kind === 'merge' && cause.mergeId === mergeId,
  );
  const [before, after] = [history[place - 1]?.data, history[place]?.data];
  if (before === undefined || after === undefined || after.cause.kind !== 'merge') return;
  const { other } = after.cause;
  if (!sameSetting(before.setting, after.setting) || !sameSetting(other, after.setting)) {
    await oweNotice(store, survivorId, { code: 'merge-tightened', about: mergeId }, causationId);
  }
  const hadHolders = before.setting.lock.kind === 'only' && other.lock.kind === 'only';
  if (hadHolders && after.setting.lock.kind === 'nobody') {
    const task = { kind: 'locks-in-conflict', personId: survivorId, about: mergeId } as const;
    await openTask(store, { ...task, openedAt: decidedAt }, causationId);
    await oweNotice(store, survivorId, { code: 'locks-in-conflict', about: mergeId }, causationId);
  }
};
