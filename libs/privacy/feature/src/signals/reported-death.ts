import { hmac, type KeyRing } from '@registry/content-keys';
import type { VitalRecord } from '@registry/contracts';
import type { EventStore, RecordedEvent } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  isRecordedDead,
  readPersonHistory,
  survivorOf,
  vitalStatusDataOf,
  vitalStatusOf,
  vitalStatusStream,
  withVersions,
  type DeathRecords,
  type VitalStatusData,
  type VitalStatusEvent,
} from '@registry/privacy-gate';
import { openTask, taskStream } from '../task/open-task.js';
import type { SignalMessage } from './signal-effect.js';

const GROUP = 'privacy-signals';

/** Name of the key that numbers of death records are hashed with. Never rotated: the same record must be known again. */
const RECORD_KEY = 'death-record';

/** What a submission says of a death. */
export type SaidOfDeath =
  { readonly by: 'other' } | { readonly by: 'vital-records'; readonly records: DeathRecords };

/** A version of a death record. Its number stays sealed: what is kept is a keyed hash. */
export const deathRecordOf = (keys: KeyRing, organizationId: string, vital: VitalRecord): DeathRecords => {
  const record = hmac(keys.current(RECORD_KEY).key, 'death-record', organizationId, vital.fileNumber);
  const issuedAt = new Date(vital.issuedAt).toISOString();
  return { [record]: { issuedAt, voided: vital.event === 'void' } };
};

/**
 * Records what a message says of a death. Vital Records' last word on each record counts, whatever order it comes in; anybody else's stops
 * messages until somebody has looked (DOMAIN 1.3).
 * @throws StoreUnavailable @throws RevisionConflict the message comes again
 */
export const noteDeath = (store: EventStore, message: SignalMessage, said: SaidOfDeath): Promise<void> =>
  said.by === 'other' ? noteReport(store, message) : noteRecord(store, message, said.records);

/** Once for each organization: a clinic that goes on repeating what was found to be wrong stops nothing again. */
const noteReport = async (store: EventStore, message: SignalMessage): Promise<void> => {
  const { personId, submissionId, organizationId, receivedAt } = message;
  const stream = vitalStatusStream(personId);
  const [head] = await store.heads([stream]);
  const { taskStream: asked, ...before } = knownAt(head);
  if (before.reportedBy?.includes(organizationId) === true) return;
  const data = { ...before, submissionId, reportedBy: [...(before.reportedBy ?? []), organizationId] };
  // Staff are not asked about what Vital Records says; should that be withdrawn, they are.
  if (isRecordedDead(before.records ?? {})) return append(store, stream, head, 'DeathReported', data);
  // One task for all who report it, until it is closed.
  const isOpen = asked !== undefined && (await vitalStatusOf(store, [head])) !== 'alive';
  const task = isOpen ? asked : await askStaff(store, personId, organizationId, receivedAt, submissionId);
  await append(store, stream, head, 'DeathReported', { ...data, taskStream: task });
};

/** For the person, and for each part of it that has the record: whoever is parted from the others again keeps what was said of it. */
const noteRecord = async (
  store: EventStore,
  { personId, submissionId, receivedAt }: SignalMessage,
  said: DeathRecords,
): Promise<void> => {
  const { parts } = await readPersonHistory(store, await survivorOf(store, personId));
  const heads = await store.heads(parts.map(vitalStatusStream));
  for (const [index, part] of parts.entries()) {
    const head = heads[index];
    const before = knownAt(head);
    const known = before.records ?? {};
    if (part !== personId && !Object.keys(said).some((record) => record in known)) continue;
    const records = withVersions(known, said);
    if (JSON.stringify(records) === JSON.stringify(known)) continue;
    const isBack = isRecordedDead(known) && !isRecordedDead(records);
    const asked = isBack ? await askAgain(store, part, before, receivedAt, submissionId) : undefined;
    const isVoid = Object.values(said).some(({ voided }) => voided);
    await append(store, vitalStatusStream(part), head, isVoid ? 'DeathRecordVoided' : 'DeathRecorded', {
      ...before,
      submissionId,
      records,
      ...(asked === undefined ? {} : { taskStream: asked }),
    });
  }
};

/**
 * What others report stands when the record is withdrawn: staff are asked, unless they are or found the person alive. That they found
 * it dead may rest on the record.
 */
const askAgain = async (
  store: EventStore,
  personId: string,
  { reportedBy, taskStream: asked }: VitalStatusData,
  receivedAt: string,
  submissionId: string,
): Promise<string | undefined> => {
  const organizationId = reportedBy?.at(-1);
  if (organizationId === undefined) return undefined;
  const [task] = asked === undefined ? [] : await store.heads([asked]);
  const isSettled = asked !== undefined && (task?.type !== 'TaskClosed' || task.data['outcome'] === 'alive');
  return isSettled ? undefined : askStaff(store, personId, organizationId, receivedAt, submissionId);
};

/** @returns stream of the task */
const askStaff = async (
  store: EventStore,
  personId: string,
  about: string,
  openedAt: string,
  submissionId: string,
): Promise<string> => {
  const task = { kind: 'possible-death', personId, about, openedAt } as const;
  return taskStream(await openTask(store, task, derivedEventId(GROUP, submissionId, 'death')));
};

/** What is not understood is not added to. */
const knownAt = (head: RecordedEvent | undefined): VitalStatusData => {
  const known = vitalStatusDataOf(head);
  if (known === undefined) throw new VitalStatusUnreadable();
  return known;
};

/** A vital status stream holds what this version cannot interpret: for the dead letters. */
class VitalStatusUnreadable extends Error {
  readonly code = 'PRIVACY.VITAL_STATUS_UNREADABLE';
}

const append = async (
  store: EventStore,
  stream: string,
  head: RecordedEvent | undefined,
  type: VitalStatusEvent['type'],
  data: VitalStatusData,
): Promise<void> => {
  const causationId = derivedEventId(GROUP, data.submissionId, 'death');
  await store.append(stream, head?.revision ?? 'none', [
    {
      id: derivedEventId(GROUP, causationId, type, stream),
      type,
      data,
      metadata: { schemaVersion: 1, causationId, actor: GROUP },
    },
  ]);
};
