import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { readContractEvent, type EventOf, type ReviewProgressed } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

/** The work list of match reviews. Nothing about the persons. */
@Entity('review')
export class ReviewRow {
  @PrimaryColumn('text', { name: 'review_id' })
  reviewId: string;

  @Column('text')
  kind: string;

  @Column('text')
  status: string;

  @Column('text', { name: 'opened_at' })
  openedAt: string;

  @Column('text', { name: 'due_at' })
  dueAt: string;

  /** Revision of the review's stream that the row reflects. */
  @Column('integer')
  revision: number;
}

export class CreateReviews1700000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'review',
        columns: [
          { name: 'review_id', type: 'text', isPrimary: true },
          { name: 'kind', type: 'text' },
          { name: 'status', type: 'text' },
          { name: 'opened_at', type: 'text' },
          { name: 'due_at', type: 'text' },
          { name: 'revision', type: 'integer' },
        ],
        indices: [{ name: 'review_by_due', columnNames: ['status', 'due_at', 'review_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('review');
  }
}

export const reviewProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'identity-review-list',
    topics: ['identity.reviews.v1'],
    readModel,
    onTrouble,
    project: (deliveries) =>
      Promise.resolve(async (tx) => {
        const events = deliveries.map(({ event }) => readContractEvent('identity.reviews.v1', event));
        const known = await tx.find(ReviewRow, 'reviewId', [...new Set(events.map(({ key }) => key))]);
        const rows = new Map(known.map((row) => [row.reviewId, row]));
        for (const event of events) {
          const before = rows.get(event.key);
          if (before !== undefined && before.revision >= event.revision) continue;
          const { status, opened } = progressOf(event);
          rows.set(event.key, {
            reviewId: event.key,
            kind: opened?.kind ?? before?.kind ?? '',
            // Held later than opened: it is due earlier, and was opened when it was.
            openedAt: before?.openedAt ?? opened?.openedAt ?? '',
            dueAt: opened?.dueAt ?? before?.dueAt ?? '',
            status,
            revision: event.revision,
          });
        }
        await tx.upsert(ReviewRow, [...rows.values()]);
      }),
  });

const progressOf = (event: EventOf<'identity.reviews.v1'>): Pick<ReviewProgressed, 'status' | 'opened'> => {
  if (event.type === 'ReviewProgressed') return event.data;
  return { status: event.type === 'UnmergeOrdered' ? 'unmerging' : 'deciding' };
};
