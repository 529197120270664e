/**
 * Events of `task-<id>`: something that the help desk has to look into. About one person, named by id within the registry only; what it is about is
 * a code.
 */
export type TaskEvent =
  | { readonly type: 'TaskOpened'; readonly data: TaskOpenedData }
  | {
      readonly type: 'TaskClosed';
      readonly data: { readonly closedBy: string; readonly outcome: string };
    };

export const TASK_KINDS = [
  /** The holder of a lock closed, was acquired, or its agreement lapsed: the lock stays, and the person is to be asked. */
  'holder-closed',
  'holder-acquired',
  'holder-lapsed',
  /** A merge left two locks that nobody is in: ask the person which. */
  'locks-in-conflict',
  /** The holder's messages no longer ask for protection: verify whether the person wants that. */
  'unlock-asked-by-signal',
  /** Messages of an organization that no record can be locked to ask for protection: verify what the person wants. */
  'protection-asked-by-signal',
  /** Too many of a sender's persons changed in a day: its signals stopped, and that day's are to be looked through. */
  'signals-stopped',
  /** A request for an unborn or unnamed child has found no birth record in time: call. */
  'watch-overdue',
  'request-disputed',
  /** A person says that a value of the record is wrong: ask its source. */
  'value-disputed',
  /** Somebody other than Vital Records reports a death: no messages until it is looked into. Ends with outcome `alive` or `dead`. */
  'possible-death',
] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export type TaskOpenedData = {
  readonly kind: TaskKind;
  /** Absent: about no one person. */
  readonly personId?: string;
  /** What it is about beside the person: the id of an organization, a request, a merge, a client. */
  readonly about: string;
  /** ISO-8601 UTC. */
  readonly openedAt: string;
  readonly dueAt: string;
};
