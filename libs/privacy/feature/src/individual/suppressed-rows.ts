import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { readContractEvent, submissionStream } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

/** What was suppressed, for the person alone: from whom and in which month (DOMAIN 3.3). */
@Entity('suppressed_submission')
export class SuppressedRow {
  @PrimaryColumn('text', { name: 'submission_id' })
  submissionId: string;

  @Column('text', { name: 'person_id' })
  personId: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  /** `YYYY-MM`. */
  @Column('text')
  month: string;
}

export class CreateSuppressed1700000000130 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'suppressed_submission',
        columns: [
          { name: 'submission_id', type: 'text', isPrimary: true },
          { name: 'person_id', type: 'text' },
          { name: 'organization_id', type: 'text' },
          { name: 'month', type: 'text' },
        ],
        indices: [{ name: 'suppressed_by_person', columnNames: ['person_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('suppressed_submission');
  }
}

export const suppressedProjector = (
  store: EventStore,
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'privacy-suppressed',
    topics: ['ingestion.submissions.v1'],
    readModel,
    onTrouble,
    project: async (deliveries) => {
      const rows: SuppressedRow[] = [];
      for (const { event: delivered } of deliveries) {
        const event = readContractEvent('ingestion.submissions.v1', delivered);
        if (event.type !== 'SubmissionSuppressed') continue;
        const { submissionId, personId } = event.data;
        // Whose it was and when it came is in its first event.
        const [received] = await store.read(submissionStream(submissionId), { limit: 1 });
        if (received === undefined) continue;
        const organizationId = received.data['organizationId'] as string;
        rows.push({ submissionId, personId, organizationId, month: received.recordedAt.slice(0, 7) });
      }
      return (tx) => tx.insertIfAbsent(SuppressedRow, rows);
    },
  });
