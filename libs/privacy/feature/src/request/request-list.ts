import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

/** The help desk's work list: where each request stands. Nothing about the person: the form stays sealed. */
@Entity('privacy_request')
export class RequestRow {
  @PrimaryColumn('text', { name: 'request_id' })
  requestId: string;

  @Column('text')
  change: string;

  @Column('text')
  status: string;

  @Column('text', { name: 'received_at' })
  receivedAt: string;

  @Column('text', { name: 'due_at' })
  dueAt: string;

  /** Revision of the request's stream that the row reflects. */
  @Column('integer')
  revision: number;
}

export class CreateRequestList1700000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'privacy_request',
        columns: [
          { name: 'request_id', type: 'text', isPrimary: true },
          { name: 'change', type: 'text' },
          { name: 'status', type: 'text' },
          { name: 'received_at', type: 'text' },
          { name: 'due_at', type: 'text' },
          { name: 'revision', type: 'integer' },
        ],
        indices: [{ name: 'privacy_request_by_due', columnNames: ['due_at', 'request_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('privacy_request');
  }
}

export const requestListProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'privacy-request-list',
    topics: ['privacy.requests.v1'],
    readModel,
    onTrouble,
    project: (deliveries) =>
      Promise.resolve(async (tx) => {
        const events = deliveries.map(({ event }) => readContractEvent('privacy.requests.v1', event));
        const known = await tx.find(RequestRow, 'requestId', [...new Set(events.map((event) => event.key))]);
        const rows = new Map(known.map((row) => [row.requestId, row]));
        for (const event of events) {
          const before = rows.get(event.key);
          if (before !== undefined && before.revision >= event.revision) continue;
          const submitted = event.type === 'PrivacyRequestProgressed' ? event.data.submitted : undefined;
          rows.set(event.key, {
            requestId: event.key,
            change: submitted?.change ?? before?.change ?? '',
            receivedAt: submitted?.receivedAt ?? before?.receivedAt ?? '',
            dueAt: submitted?.dueAt ?? before?.dueAt ?? '',
            status: event.data.status,
            revision: event.revision,
          });
        }
        await tx.upsert(RequestRow, [...rows.values()]);
      }),
  });
