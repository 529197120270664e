import { derivedEventId } from '@registry/messaging';
import {
  absorbedAfterUnmerge,
  decidePrivacy,
  survivorAfterUnmerge,
  type PrivacyCommand,
  type SettingFollowsData,
} from '@registry/privacy-domain';
import { readPrivacyHead } from '@registry/privacy-gate';
import type { MergeOrder, MergeParts } from './merge-settings.js';
import { partsOf, settingHistory } from './setting-history.js';

const GROUP = 'privacy-unmerge';

/**
 * Gives each of two persons its own setting again, after their links are apart. Until then the absorbed one follows the survivor, whose
 * setting is the stricter. Ends alike from wherever it was interrupted.
 *
 * @param linksRevision revision of `identity-decisions` from which their records are apart
 * @throws SettingChangeUnavailable the message comes again
 */
export const unmergeSettings = async (
  { store, gate }: MergeParts,
  { mergeId, survivorId, absorbedId }: MergeOrder,
  linksRevision: number,
  causationId: string,
): Promise<void> => {
  const metadata = { schemaVersion: 1, causationId, actor: GROUP };
  const cause = { kind: 'unmerge', mergeId, survivorId, absorbedId } as const;
  const history = await settingHistory(store, survivorId);
  const parts = await partsOf(store, absorbedId);
  const isPart = (personId: string) => parts.has(personId);
  const commit = async (
    personId: string,
    step: string,
    command: PrivacyCommand,
    isDone: (status: string) => boolean,
  ) => {
    await gate.commit(personId, derivedEventId(GROUP, mergeId, step, causationId), ({ state }) => {
      if (isDone(state.status)) return undefined;
      const [event] = decidePrivacy(command, state);
      return event === undefined ? undefined : { ...event, metadata };
    });
    await gate.settled(personId);
  };

  const { state } = await readPrivacyHead(store, absorbedId);
  if (state.status === 'follows') {
    const own = await settingHistory(store, absorbedId);
    const atMerge = own.at(-1)?.data;
    if (atMerge === undefined) throw new Error('A person that follows had a setting of its own');
    const { setting, since } = absorbedAfterUnmerge(atMerge.setting, history, mergeId, isPart);
    const previousSettingRevision = state.settingRevision;
    await commit(
      absorbedId,
      'restored',
      {
        type: 'RestoreSetting',
        setting,
        linksRevision,
        cause: { ...cause, since },
        previousSettingRevision,
      },
      (status) => status !== 'follows',
    );
  }
  for (const part of parts) {
    if (part === absorbedId) continue;
    await gate.commit(part, derivedEventId(GROUP, mergeId, 'follows', part, causationId), ({ state: now }) =>
      now.status === 'follows' && now.survivorId !== absorbedId
        ? {
            type: 'SettingFollows',
            data: {
              settingRevision: now.settingRevision,
              survivorId: absorbedId,
              mergeId: now.mergeId,
            } satisfies SettingFollowsData,
            metadata,
          }
        : undefined,
    );
  }
  const left = history.some(({ data }) => data.cause.kind === 'unmerge' && data.cause.mergeId === mergeId);
  const setting = survivorAfterUnmerge(history, mergeId, isPart);
  await commit(survivorId, 'left', { type: 'LeaveMerge', setting, linksRevision, cause }, () => left);
};
