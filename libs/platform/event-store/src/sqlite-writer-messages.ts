import { errorOf, type Failure } from '@registry/group-writer';
import {
  AppendOutcomeUnknown,
  type ExpectedRevision,
  type PassingOver,
  StoreUnavailable,
} from './event-store.port.js';
import { type AppendRequest, type EventText } from './new-events.js';
import { type Fate } from './sqlite-fates.js';
import { StoreInUse, StoreUnusable } from './store-errors.js';

/**
 * A group of appends for the writer thread, which answers with their fates. Both cross as one flat list of strings and numbers: copying
 * objects costs both threads several times as much.
 */
export interface WriterQuestion {
  readonly recordedAt: string;
  readonly group: readonly Flat[];
}

export type Flat = string | number;

export const flattenGroup = (group: readonly AppendRequest[]): Flat[] => {
  const flat: Flat[] = [];
  for (const { stream, expected, events } of group) {
    flat.push(stream, typeof expected === 'object' ? passingText(expected) : expected, events.length);
    for (const { id, type, data, metadata } of events) flat.push(id, type, data, metadata);
  }
  return flat;
};

export const unflattenGroup = (flat: readonly Flat[]): AppendRequest[] => {
  const group: AppendRequest[] = [];
  for (let at = 0; at < flat.length;) {
    const [stream, expected, length] = flat.slice(at, at + 3) as [string, Flat, number];
    at += 3;
    const events: EventText[] = [];
    for (const end = at + 4 * length; at < end; at += 4) {
      const [id, type, data, metadata] = flat.slice(at, at + 4) as [string, string, string, string];
      events.push({ id, type, data, metadata });
    }
    group.push({ stream, expected: expectedOf(expected), events });
  }
  return group;
};

/** `12 RecordDisclosed …`: a revision, and the types that may be passed over. */
const passingText = ({ after, over }: PassingOver): string => [after, ...over].join(' ');

const expectedOf = (flat: Flat): ExpectedRevision => {
  if (typeof flat === 'number' || flat === 'none' || flat === 'any') return flat;
  const [after, ...over] = flat.split(' ');
  return { after: Number(after), over };
};

export const flattenFates = (fates: readonly Fate[]): Flat[] =>
  fates.flatMap((fate) =>
    fate.kind === 'conflict'
      ? [fate.kind, fate.head, 0, '']
      : [fate.kind, fate.position, fate.revision, fate.recordedAt],
  );

export const unflattenFates = (flat: readonly Flat[]): Fate[] => {
  const fates: Fate[] = [];
  for (let at = 0; at < flat.length; at += 4) {
    const [kind, first, revision, recordedAt] = flat.slice(at, at + 4) as [
      Fate['kind'],
      number,
      number,
      string,
    ];
    fates.push(kind === 'conflict' ? { kind, head: first } : { kind, position: first, revision, recordedAt });
  }
  return fates;
};

const CLASSES = new Map<string, new (message: string, options?: ErrorOptions) => Error>([
  ['STORE.OUTCOME_UNKNOWN', AppendOutcomeUnknown],
  ['STORE.UNAVAILABLE', StoreUnavailable],
  ['STORE.IN_USE', StoreInUse],
  ['STORE.UNUSABLE', StoreUnusable],
]);

/** Of what failed in the thread. */
export const storeErrorOf = (failure: Failure): Error => {
  const error = errorOf(failure);
  const known = failure.code === undefined ? undefined : CLASSES.get(failure.code);
  return known === undefined ? error : new known(error.message, { cause: error.cause });
};
