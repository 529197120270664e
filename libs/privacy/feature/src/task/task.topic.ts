import type { ContractEvent, TaskChanged } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { TaskEvent } from '@registry/privacy-domain';

const PREFIX = 'task-';

/** The help desk's tasks, for its work list. Without the person, whom only the open task's own stream names. */
export const taskTopic: TopicDeclaration = {
  topic: 'privacy.tasks.v1',
  categories: ['task'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const event = recorded as unknown as TaskEvent;
    const taskId = recorded.stream.slice(PREFIX.length);
    const { id, revision, position, recordedAt } = recorded;
    const changed = (data: Omit<TaskChanged, 'taskId'>): ContractEvent<'TaskChanged', TaskChanged> => ({
      id,
      type: 'TaskChanged',
      key: taskId,
      revision,
      position,
      recordedAt,
      data: { taskId, ...data },
    });
    switch (event.type) {
      case 'TaskOpened': {
        const { kind, about, openedAt, dueAt } = event.data;
        return changed({ status: 'open', opened: { kind, about, openedAt, dueAt } });
      }
      case 'TaskClosed':
        return changed({ status: 'closed' });
      default:
        return undefined;
    }
  },
};
