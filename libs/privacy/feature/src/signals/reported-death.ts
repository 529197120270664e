import type { EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import { vitalStatusOf, vitalStatusStream, type DeathReportedData } from '@registry/privacy-gate';
import { openTask, taskStream } from '../task/open-task.js';
import type { SignalMessage } from './signal-effect.js';

const GROUP = 'privacy-signals';

/**
 * Records what a message says of a death. Vital Records' word is final; anybody else's stops messages until somebody has looked (DOMAIN 1.3),
 * once for each organization: a clinic that goes on repeating what was found to be wrong stops nothing again.
 * @throws StoreUnavailable @throws RevisionConflict the message comes again
 */
export const noteDeath = async (
  store: EventStore,
  { personId, submissionId, organizationId, receivedAt }: SignalMessage,
  by: 'recorded' | 'reported',
): Promise<void> => {
  const stream = vitalStatusStream(personId);
  const [head] = await store.heads([stream]);
  if (head?.type === 'DeathRecorded') return;
  const causationId = derivedEventId(GROUP, submissionId, 'death');
  const append = async (type: string, data: DeathReportedData | { readonly submissionId: string }) => {
    const metadata = { schemaVersion: 1, causationId, actor: GROUP };
    await store.append(stream, head?.revision ?? 'none', [
      { id: derivedEventId(GROUP, causationId, type), type, data, metadata },
    ]);
  };
  if (by === 'recorded') {
    await append('DeathRecorded', { submissionId });
    return;
  }
  const before = head?.data as DeathReportedData | undefined;
  if (before?.reportedBy.includes(organizationId) === true) return;
  const reportedBy = [...(before?.reportedBy ?? []), organizationId];
  // One task for all who report it, until it is closed.
  if (before !== undefined && (await vitalStatusOf(store, head)) !== 'alive') {
    await append('DeathReported', { submissionId, reportedBy, taskStream: before.taskStream });
    return;
  }
  const task = { kind: 'possible-death', personId, about: organizationId, openedAt: receivedAt } as const;
  const taskId = await openTask(store, task, causationId);
  await append('DeathReported', { submissionId, reportedBy, taskStream: taskStream(taskId) });
};
