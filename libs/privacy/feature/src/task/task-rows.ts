import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

/** The help desk's work list. Nothing about persons. */
@Entity('help_desk_task')
export class TaskRow {
  @PrimaryColumn('text', { name: 'task_id' })
  taskId: string;

  @Column('text')
  kind: string;

  @Column('text')
  about: string;

  @Column('text')
  status: string;

  @Column('text', { name: 'opened_at' })
  openedAt: string;

  @Column('text', { name: 'due_at' })
  dueAt: string;
}

export class CreateTasks1700000000120 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'help_desk_task',
        columns: [
          { name: 'task_id', type: 'text', isPrimary: true },
          { name: 'kind', type: 'text' },
          { name: 'about', type: 'text' },
          { name: 'status', type: 'text' },
          { name: 'opened_at', type: 'text' },
          { name: 'due_at', type: 'text' },
        ],
        indices: [{ name: 'help_desk_task_by_due', columnNames: ['status', 'due_at', 'task_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('help_desk_task');
  }
}

export const taskProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'privacy-task-list',
    topics: ['privacy.tasks.v1'],
    readModel,
    onTrouble,
    project: (deliveries) =>
      Promise.resolve(async (tx) => {
        const events = deliveries.map(({ event }) => readContractEvent('privacy.tasks.v1', event));
        const known = await tx.find(TaskRow, 'taskId', [...new Set(events.map(({ key }) => key))]);
        const rows = new Map(known.map((row) => [row.taskId, row]));
        for (const { data } of events) {
          const before = rows.get(data.taskId);
          // A closed one stays closed, whatever comes again.
          if (before === undefined) {
            if (data.opened !== undefined)
              rows.set(data.taskId, { taskId: data.taskId, ...data.opened, status: data.status });
          } else if (data.status === 'closed') rows.set(data.taskId, { ...before, status: 'closed' });
        }
        await tx.upsert(TaskRow, [...rows.values()]);
      }),
  });
