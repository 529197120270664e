import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import {
  decideTask,
  evolveTask,
  initialTaskState,
  type TaskCommand,
  type TaskEvent,
  type TaskState,
} from '@registry/privacy-domain';
import { taskStream } from './open-task.js';

/** Loads and closes the help desk's tasks. */
@Injectable()
export class TaskRepository {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async load(taskId: string): Promise<{ readonly state: TaskState; readonly revision: number | 'none' }> {
    const events = await this.store.read(taskStream(taskId));
    const state = events.reduce(
      (before, event) => evolveTask(before, event as unknown as TaskEvent),
      initialTaskState,
    );
    return { state, revision: events.at(-1)?.revision ?? 'none' };
  }

  /** @throws PrivacyError `PRIVACY.TASK_UNKNOWN` */
  async execute(taskId: string, command: TaskCommand, actor: string): Promise<void> {
    const { state, revision } = await this.load(taskId);
    const [event] = decideTask(command, state);
    if (event === undefined) return;
    try {
      await this.store.append(taskStream(taskId), revision, [
        {
          id: derivedEventId('privacy-tasks', taskId, 'closed'),
          type: event.type,
          data: { ...event.data },
          metadata: { schemaVersion: 1, actor },
        },
      ]);
    } catch (error) {
      // Somebody else closed it meanwhile.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}
