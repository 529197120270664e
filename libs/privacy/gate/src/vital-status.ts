import type { EventStore, RecordedEvent } from '@registry/event-store';

/**
 * Whether somebody is known or said to be dead, for whoever would write to the person (DOMAIN 1.3). Kept beside the privacy stream, so that
 * it does not stand in the way of the gate.
 */
export const vitalStatusStream = (personId: string): string => `vitalStatus-${personId}`;

export type VitalStatus = 'alive' | 'possibly-dead' | 'dead';

/** Of `vitalStatus-<personId>`; the head counts. */
export type VitalStatusEvent =
  /** By somebody other than Vital Records: nobody writes until the task is closed. */
  | { readonly type: 'DeathReported'; readonly data: DeathReportedData }
  /** By Vital Records. */
  | { readonly type: 'DeathRecorded'; readonly data: { readonly submissionId: string } };

export type DeathReportedData = {
  readonly submissionId: string;
  /** Every organization that has reported it so far. */
  readonly reportedBy: readonly string[];
  /** Stream of the task that decides; its outcome is `alive` or `dead`. */
  readonly taskStream: string;
};

/** In at most two store calls. What is not understood counts as a death that is not looked into yet. @throws StoreUnavailable */
export const readVitalStatus = async (store: EventStore, personId: string): Promise<VitalStatus> => {
  const [head] = await store.heads([vitalStatusStream(personId)]);
  return vitalStatusOf(store, head);
};

export const vitalStatusOf = async (
  store: EventStore,
  head: RecordedEvent | undefined,
): Promise<VitalStatus> => {
  if (head === undefined) return 'alive';
  if (head.type === 'DeathRecorded') return 'dead';
  const taskStream = head.data['taskStream'];
  if (head.type !== 'DeathReported' || typeof taskStream !== 'string') return 'possibly-dead';
  const [task] = await store.heads([taskStream]);
  const outcome = task?.type === 'TaskClosed' ? task.data['outcome'] : undefined;
  return outcome === 'alive' || outcome === 'dead' ? outcome : 'possibly-dead';
};
