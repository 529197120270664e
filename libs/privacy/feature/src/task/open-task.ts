import { RevisionConflict, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import type { TaskKind, TaskOpenedData } from '@registry/privacy-domain';

export const taskStream = (taskId: string): string => `task-${taskId}`;

const GROUP = 'privacy-tasks';

/** Policy data: days that the help desk has for a task. */
export const TASK_POLICY = { version: '1', effective: '2026-01-01', dueDays: 5 } as const;

const MS_PER_DAY = 86_400_000;

export interface NewTask {
  readonly kind: TaskKind;
  readonly personId?: string;
  readonly about: string;
  /** The instant it follows from, so that a repeat says the same. ISO-8601 UTC. */
  readonly openedAt: string;
}

/** Opens a task for the help desk; a repeat from the same cause opens none. @returns its id */
export const openTask = async (store: EventStore, task: NewTask, causationId: string): Promise<string> => {
  const taskId = derivedEventId(GROUP, causationId, task.kind, task.personId ?? task.about);
  const data: TaskOpenedData = {
    ...task,
    dueAt: new Date(Date.parse(task.openedAt) + TASK_POLICY.dueDays * MS_PER_DAY).toISOString(),
  };
  try {
    await store.append(taskStream(taskId), 'none', [
      {
        id: derivedEventId(GROUP, taskId, 'opened'),
        type: 'TaskOpened',
        data,
        metadata: { schemaVersion: 1, causationId, actor: GROUP },
      },
    ]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
  }
  return taskId;
};
