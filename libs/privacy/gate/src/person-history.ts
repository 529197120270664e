import type { EventStore } from '@registry/event-store';
import { isSettingEventType, type SettingEventData } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead } from './privacy-head.js';

export interface PersonHistory {
  /** The person and everybody merged into it, directly or by way of others. */
  readonly parts: readonly string[];
  /** The last opt-in of any of them, ISO-8601 UTC; absent: none. */
  readonly optedInAt?: string;
}

/** What the setting events of a person and its parts say, past whatever else is in their streams. @throws StoreUnavailable */
export const readPersonHistory = async (store: EventStore, personId: string): Promise<PersonHistory> => {
  const parts = new Set<string>();
  const optIns: string[] = [];
  const walk = async (part: string): Promise<void> => {
    if (parts.has(part)) return;
    parts.add(part);
    const absorbed = new Map<string, string>();
    const apart = new Set<string>();
    const { state } = await readPrivacyHead(store, part);
    let revision = state.status === 'unopened' ? null : state.settingRevision;
    while (revision !== null) {
      const [event] = await store.read(privacyStream(part), { from: revision, limit: 1 });
      if (event === undefined || !isSettingEventType(event.type)) break;
      const { cause, previousSettingRevision } = event.data as unknown as SettingEventData;
      if (event.type === 'OptedIn') optIns.push(event.recordedAt);
      // Newest first: an un-merge is met before the merge that it undoes.
      if (cause.kind === 'unmerge') apart.add(cause.mergeId);
      if (cause.kind === 'merge' && !apart.has(cause.mergeId)) absorbed.set(cause.mergeId, cause.absorbedId);
      revision = previousSettingRevision;
    }
    for (const other of absorbed.values()) await walk(other);
  };
  await walk(personId);
  const optedInAt = optIns.sort().at(-1);
  return { parts: [...parts], ...(optedInAt === undefined ? {} : { optedInAt }) };
};
