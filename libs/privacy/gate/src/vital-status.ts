import type { EventStore, RecordedEvent } from '@registry/event-store';

/**
 * Whether somebody is known or said to be dead, for whoever would write to the person (DOMAIN 1.3). Kept beside the privacy stream, so that
 * it does not stand in the way of the gate.
 */
export const vitalStatusStream = (personId: string): string => `vitalStatus-${personId}`;

export type VitalStatus = 'alive' | 'possibly-dead' | 'dead';

/** Of `vitalStatus-<personId>`. Each carries all that is known by then, so the head alone counts, whatever came first. */
export type VitalStatusEvent =
  /** By somebody other than Vital Records: nobody writes until the task is closed. */
  | { readonly type: 'DeathReported'; readonly data: VitalStatusData }
  /** By Vital Records: a version of a death record. */
  | { readonly type: 'DeathRecorded'; readonly data: VitalStatusData }
  /** By Vital Records: the versions before it are withdrawn. */
  | { readonly type: 'DeathRecordVoided'; readonly data: VitalStatusData };

export type VitalStatusData = {
  readonly submissionId: string;
  /** Every organization that has reported a death so far. */
  readonly reportedBy?: readonly string[];
  /** Stream of the task that decides; its outcome is `alive` or `dead`. Absent: nobody was asked, since a record says it. */
  readonly taskStream?: string;
  /** What Vital Records says last of each record of a death, by a keyed hash of its number. */
  readonly records?: DeathRecords;
};

export type DeathRecords = Readonly<Record<string, DeathRecordVersion>>;

export type DeathRecordVersion = {
  /** ISO-8601 UTC; empty of a death that was kept before versions were. */
  readonly issuedAt: string;
  readonly voided: boolean;
};

/** What is known at a stream's head; undefined: it is not understood. */
export const vitalStatusDataOf = (head: RecordedEvent | undefined): VitalStatusData | undefined => {
  if (head === undefined) return { submissionId: '' };
  const data = head.data as VitalStatusData;
  switch (head.type as VitalStatusEvent['type']) {
    case 'DeathRecorded':
      return { ...data, records: data.records ?? { [data.submissionId]: { issuedAt: '', voided: false } } };
    case 'DeathReported':
    case 'DeathRecordVoided':
      return data;
    default:
      return undefined;
  }
};

/** With one more version, or those of another part of a person: the one issued last counts, and of two at one instant the void. */
export const withVersions = (records: DeathRecords, others: DeathRecords): DeathRecords => {
  const all: Record<string, DeathRecordVersion> = { ...records };
  for (const [record, version] of Object.entries(others)) {
    const known = all[record];
    if (known === undefined || isLater(version, known)) all[record] = version;
  }
  // A death without a version is whatever the office says of its record by now.
  const withVersion = Object.entries(all).filter(([, { issuedAt }]) => issuedAt !== '');
  return withVersion.length === 0 ? all : Object.fromEntries(withVersion);
};

const isLater = (a: DeathRecordVersion, b: DeathRecordVersion): boolean =>
  a.issuedAt === b.issuedAt ? a.voided && !b.voided : a.issuedAt > b.issuedAt;

/** Does a record of a death stand? */
export const isRecordedDead = (records: DeathRecords): boolean =>
  Object.values(records).some(({ voided }) => !voided);

/**
 * In at most two store calls. What is not understood counts as a death that is not looked into yet.
 * @param parts the person and everybody merged into it: a void of one part's death may have been linked to another
 * @throws StoreUnavailable
 */
export const readVitalStatus = async (store: EventStore, parts: readonly string[]): Promise<VitalStatus> =>
  vitalStatusOf(store, await store.heads(parts.map(vitalStatusStream)));

export const vitalStatusOf = async (
  store: EventStore,
  heads: readonly (RecordedEvent | undefined)[],
): Promise<VitalStatus> => {
  const known = heads.map(vitalStatusDataOf);
  const records = known.reduce<DeathRecords>((all, data) => withVersions(all, data?.records ?? {}), {});
  if (isRecordedDead(records)) return 'dead';
  const reported = known.filter((data) => data === undefined || data.reportedBy !== undefined);
  const tasks = reported.map((data) => data?.taskStream).filter((stream) => stream !== undefined);
  const closed = tasks.length === 0 ? [] : await store.heads(tasks);
  const outcomes = closed.map((task) => (task?.type === 'TaskClosed' ? task.data['outcome'] : undefined));
  if (outcomes.includes('dead')) return 'dead';
  const isAlive = tasks.length === reported.length && outcomes.every((outcome) => outcome === 'alive');
  return isAlive ? 'alive' : 'possibly-dead';
};
