import type { EventStore } from '@registry/event-store';
import { isSettingEventType, type SettingEvent, type SettingEventData } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead } from '@registry/privacy-gate';

/** A person's setting events, oldest first: walked back from the head, past whatever else is in the stream. @throws StoreUnavailable */
export const settingHistory = async (
  store: EventStore,
  personId: string,
): Promise<readonly SettingEvent[]> => {
  const { state } = await readPrivacyHead(store, personId);
  const events: SettingEvent[] = [];
  let revision = state.status === 'unopened' ? null : state.settingRevision;
  while (revision !== null) {
    const [event] = await store.read(privacyStream(personId), { from: revision, limit: 1 });
    if (event === undefined || !isSettingEventType(event.type)) break;
    const data = event.data as unknown as SettingEventData;
    events.push({ type: event.type, data });
    revision = data.previousSettingRevision;
  }
  return events.reverse();
};

/** Ids of the merges that a survivor's history has and that stand, with whom they absorbed. */
export const standingMerges = (history: readonly SettingEvent[]): Map<string, string> => {
  const standing = new Map<string, string>();
  for (const {
    data: { cause },
  } of history) {
    if (cause.kind === 'merge') standing.set(cause.mergeId, cause.absorbedId);
    if (cause.kind === 'unmerge') standing.delete(cause.mergeId);
  }
  return standing;
};

/** A person and everybody merged into it, directly or by way of others. */
export const partsOf = async (store: EventStore, personId: string): Promise<Set<string>> => {
  const parts = new Set([personId]);
  for (const absorbed of standingMerges(await settingHistory(store, personId)).values()) {
    if (parts.has(absorbed)) continue;
    for (const part of await partsOf(store, absorbed)) parts.add(part);
  }
  return parts;
};
