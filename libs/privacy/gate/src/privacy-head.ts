import { PrivacySettingState, ReviewState, validatorOf } from '@registry/contracts';
import type { EventStore, Position, RecordedEvent } from '@registry/event-store';
import {
  initialPrivacyState,
  isSettingEventType,
  openedBy,
  type FollowingPrivacy,
  type PrivacyState,
  type SettingEventData,
} from '@registry/privacy-domain';

export const privacyStream = (personId: string): string => `privacy-${personId}`;

/** The setting in force at a stream's head, and the revision that a change must expect, or a disclosure before others. */
export interface PrivacyHead {
  readonly state: PrivacyState;
  /** Undefined: the stream does not exist, so nothing is readable. */
  readonly revision: number | undefined;
}

/** Thrown when a privacy stream holds what this version cannot interpret: deny, never guess. */
export class PrivacyStreamUnreadable extends Error {
  readonly code = 'GATE.STREAM_UNREADABLE';
}

/**
 * Resolves the head event of a privacy stream to the setting in force. Always makes exactly one store call, whatever
 * the head is: a setting event, another event, or nothing (DESIGN.md, The release gate, 7).
 * @throws PrivacyStreamUnreadable @throws StoreUnavailable
 */
export const resolvePrivacyHead = async (
  store: EventStore,
  personId: string,
  head: RecordedEvent | undefined,
): Promise<PrivacyHead> => {
  const settingRevision = head === undefined ? 0 : settingRevisionOf(head);
  const [event] = await store.read(privacyStream(personId), { from: settingRevision, limit: 1 });
  if (head === undefined) return { state: initialPrivacyState, revision: undefined };
  // Not there, or another event (a revision below 0 reads the first one): never guess.
  if (event?.revision !== settingRevision) throw new PrivacyStreamUnreadable();
  return { state: followingBy(head) ?? stateOf(event), revision: head.revision };
};

/**
 * Whom a person follows, by the head of its privacy stream: nothing comes after `SettingFollows` until the two are apart again.
 * @throws PrivacyStreamUnreadable
 */
export const followingBy = (head: RecordedEvent): FollowingPrivacy | undefined => {
  if (head.type !== 'SettingFollows') return undefined;
  const { survivorId, mergeId } = head.data;
  if (typeof survivorId !== 'string' || typeof mergeId !== 'string' || head.metadata.schemaVersion !== 1)
    throw new PrivacyStreamUnreadable();
  return { status: 'follows', survivorId, mergeId, settingRevision: settingRevisionOf(head) };
};

/**
 * The person whose setting counts for this one: itself, or the survivor of its merges.
 * @throws PrivacyStreamUnreadable @throws StoreUnavailable
 */
export const survivorOf = async (store: EventStore, personId: string): Promise<string> => {
  let survivor = personId;
  // A person that was absorbed names the last survivor; more steps are merges under way.
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [head] = await store.heads([privacyStream(survivor)]);
    const following = head && followingBy(head);
    if (following === undefined) return survivor;
    survivor = following.survivorId;
  }
  throw new PrivacyStreamUnreadable();
};

const MOST_STEPS = 10;

/** The head of one privacy stream, in two store calls. @throws PrivacyStreamUnreadable @throws StoreUnavailable */
export const readPrivacyHead = async (store: EventStore, personId: string): Promise<PrivacyHead> => {
  const [head] = await store.heads([privacyStream(personId)]);
  return resolvePrivacyHead(store, personId, head);
};

/** The settings of many persons in two rounds of store calls; for projectors, which must not write what may not be seen. */
export const readPrivacyStates = async (
  store: EventStore,
  personIds: readonly string[],
): Promise<Map<string, PrivacyState>> => {
  const heads = await store.heads(personIds.map(privacyStream));
  const states = await Promise.all(
    personIds.map(async (personId, index) => {
      const head = heads[index];
      if (head !== undefined && isSettingEventType(head.type)) return [personId, stateOf(head)] as const;
      return [personId, (await resolvePrivacyHead(store, personId, head)).state] as const;
    }),
  );
  return new Map(states);
};

/**
 * The setting that was in force at a position of the log: as-of means log order. Walks back from the head over
 * setting events only; of a person that followed another by then, it is that one's. @throws StoreUnavailable
 */
export const privacyStateAt = async (
  store: EventStore,
  personId: string,
  at: Position,
): Promise<PrivacyState> => {
  const [head] = await store.heads([privacyStream(personId)]);
  const following = head && followingBy(head);
  if (following !== undefined && head !== undefined && store.comparePositions(head.position, at) < 0)
    return privacyStateAt(store, following.survivorId, at);
  let revision: number | null = head === undefined ? null : settingRevisionOf(head);
  while (revision !== null) {
    const [event]: RecordedEvent[] = await store.read(privacyStream(personId), { from: revision, limit: 1 });
    if (event?.revision !== revision) throw new PrivacyStreamUnreadable();
    if (store.comparePositions(event.position, at) < 0) return stateOf(event);
    revision = (event.data as unknown as SettingEventData).previousSettingRevision;
  }
  return initialPrivacyState;
};

const settingRevisionOf = (event: RecordedEvent): number => {
  if (isSettingEventType(event.type)) return event.revision;
  const revision = event.data['settingRevision'];
  if (typeof revision !== 'number') throw new PrivacyStreamUnreadable();
  return revision;
};

const readSetting = validatorOf('PrivacySettingState', PrivacySettingState);
const readReview = validatorOf('ReviewState', ReviewState);

/** A setting that is not wholly understood must not pass for an open one. */
const stateOf = (event: RecordedEvent): PrivacyState => {
  if (!isSettingEventType(event.type) || event.metadata.schemaVersion !== 1)
    throw new PrivacyStreamUnreadable();
  const { setting, review, linksRevision } = event.data;
  try {
    return openedBy(
      {
        setting: readSetting(setting),
        ...(review === undefined ? {} : { review: readReview(review) }),
        ...(linksRevision === undefined ? {} : { linksRevision: readRevision(linksRevision) }),
      },
      event.revision,
    );
  } catch {
    throw new PrivacyStreamUnreadable();
  }
};

const readRevision = (value: unknown): number => {
  if (typeof value !== 'number') throw new PrivacyStreamUnreadable();
  return value;
};
