import { type Outcome } from '@registry/group-writer';
import { type AppendResult, RevisionConflict } from './event-store.port.js';
import { numberedPosition } from './log-position.js';
import { type AppendRequest } from './new-events.js';
import { type CommittedEvent } from './recent-events.js';

/** How one append of a group fared, in numbers and strings only. */
export type Fate =
  | {
      readonly kind: 'written' | 'repeated';
      /** Of the append's last event. */
      readonly position: number;
      readonly revision: number;
      readonly recordedAt: string;
    }
  | {
      readonly kind: 'conflict';
      /** The head's revision, -1 if the stream is absent. */
      readonly head: number;
    };

/** What the callers of a group's appends hear. */
export const outcomesOf = (
  group: readonly AppendRequest[],
  fates: readonly Fate[],
): Outcome<AppendResult>[] =>
  fates.map((fate, index) => {
    if (fate.kind !== 'conflict') {
      const { position, revision, recordedAt } = fate;
      return { result: { revision, position: numberedPosition(position), recordedAt } };
    }
    const { stream, expected } = group[index] as AppendRequest;
    return { error: new RevisionConflict(stream, expected, fate.head < 0 ? undefined : fate.head) };
  });

/** The events that a group's appends have written, in log order. */
export const committedEvents = (group: readonly AppendRequest[], fates: readonly Fate[]): CommittedEvent[] =>
  group.flatMap(({ stream, events }, index) => {
    const fate = fates[index];
    if (fate?.kind !== 'written') return [];
    const { position, revision, recordedAt } = fate;
    return events.map((text, at) => {
      const before = events.length - 1 - at;
      return { position: position - before, stream, revision: revision - before, text, recordedAt };
    });
  });
