import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import { clusterTable, type ReadModel } from '@registry/persistence';
import { PARTICIPATION_POLICY } from '@registry/reminders-domain';
import {
  Column,
  Entity,
  PrimaryColumn,
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableOptions,
} from 'typeorm';

/**
 * Whether the notice of participation is owed to a person. It does not depend on the person's setting, so a list of what is owed says
 * nothing of that.
 */
@Entity('owed_notice')
export class OwedNoticeRow {
  @PrimaryColumn('text', { name: 'person_id' })
  personId: string;

  /** Whose submission the person was registered from; empty: a request's form. */
  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'owed_since' })
  owedSince: string;

  @Column('text', { name: 'due_at' })
  dueAt: string;

  @Column('boolean')
  given: boolean;

  /** Merged into another, to whom the notice is owed as well; empty: not. */
  @Column('text', { name: 'merged_into' })
  mergedInto: string;
}

const TABLE: TableOptions = {
  name: 'owed_notice',
  columns: [
    { name: 'person_id', type: 'text', isPrimary: true },
    { name: 'organization_id', type: 'text' },
    { name: 'owed_since', type: 'text' },
    { name: 'due_at', type: 'text' },
    { name: 'given', type: 'boolean' },
    { name: 'merged_into', type: 'text' },
  ],
  indices: [
    { name: 'owed_notice_by_organization', columnNames: ['organization_id', 'given', 'due_at'] },
    { name: 'owed_notice_by_due', columnNames: ['given', 'due_at'] },
  ],
};

export class CreateOwedNotices1700000000510 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table(TABLE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE.name);
  }
}

/** Random keys, narrow rows. */
export class ClusterOwedNotices1700000000530 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await clusterTable(runner, TABLE);
  }

  /** An earlier version works with the table as it is. */
  async down(): Promise<void> {}
}

interface Change {
  readonly personId: string;
  readonly change: Partial<OwedNoticeRow>;
  /** Where the row names no organization yet. */
  readonly onlyIfNone?: true;
}

const MS_PER_DAY = 86_400_000;

export const owedNoticeProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'reminders-owed-notices',
    topics: ['identity.decisions.v1', 'reminders.participation.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const registered = new Map<string, OwedNoticeRow>();
      const changes: Change[] = [];
      for (const [place, { topic, event: delivered }] of deliveries.entries()) {
        if (topic === 'reminders.participation.v1') {
          const { personId } = readContractEvent(topic, delivered).data;
          changes.push({ personId, change: { given: true } });
          continue;
        }
        const event = readContractEvent('identity.decisions.v1', delivered);
        if (event.type === 'PersonRegistered') {
          const { personId, organizationId = '' } = event.data;
          const owedSince = event.recordedAt;
          const dueAt = new Date(
            Date.parse(owedSince) + PARTICIPATION_POLICY.dueDays * MS_PER_DAY,
          ).toISOString();
          registered.set(personId, {
            personId,
            organizationId,
            owedSince,
            dueAt,
            given: false,
            mergedInto: '',
          });
        }
        if (event.type === 'SubmissionLinked') {
          // Registrations from before they named the organization: their own submission is the next decision.
          const { personId, organizationId } = event.data;
          const row = registered.get(personId);
          if (row?.organizationId === '') registered.set(personId, { ...row, organizationId });
          else if (row === undefined && place === 0)
            changes.push({ personId, change: { organizationId }, onlyIfNone: true });
        }
        if (event.type === 'PersonsMerged') {
          const { absorbedId, survivorId } = event.data;
          changes.push({ personId: absorbedId, change: { mergedInto: survivorId } });
        }
        if (event.type === 'PersonsUnmerged')
          changes.push({ personId: event.data.absorbedId, change: { mergedInto: '' } });
      }
      return Promise.resolve(async (tx) => {
        await tx.insertIfAbsent(OwedNoticeRow, [...registered.values()]);
        if (changes.length === 0) return;
        const known = await tx.find(OwedNoticeRow, 'personId', [
          ...new Set(changes.map(({ personId }) => personId)),
        ]);
        const rows = new Map(known.map((row) => [row.personId, row]));
        for (const { personId, change, onlyIfNone } of changes) {
          const row = rows.get(personId);
          if (row === undefined || (onlyIfNone === true && row.organizationId !== '')) continue;
          rows.set(personId, { ...row, ...change });
        }
        await tx.upsert(OwedNoticeRow, [...rows.values()]);
      });
    },
  });
