import { readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import { clusterTable, type ReadModel } from '@registry/persistence';
import {
  Column,
  Entity,
  PrimaryColumn,
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableOptions,
} from 'typeorm';

/** Which person an organization's own id stands for. Says nothing of whether the relationship is in force. */
@Entity('reminder_registry_id')
export class RegistryIdRow {
  /** Organization and registry id. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'registry_id' })
  registryId: string;

  @Column('text', { name: 'person_id' })
  personId: string;
}

const TABLE: TableOptions = {
  name: 'reminder_registry_id',
  columns: [
    { name: 'id', type: 'text', isPrimary: true },
    { name: 'organization_id', type: 'text' },
    { name: 'registry_id', type: 'text' },
    { name: 'person_id', type: 'text' },
  ],
  indices: [{ name: 'reminder_registry_id_by_person', columnNames: ['person_id', 'organization_id'] }],
};

export class CreateRegistryIds1700000000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table(TABLE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE.name);
  }
}

/** Random keys, narrow rows. */
export class ClusterRegistryIds1700000000520 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await clusterTable(runner, TABLE);
  }

  /** An earlier version works with the table as it is. */
  async down(): Promise<void> {}
}

export const registryIdProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'reminders-registry-ids',
    topics: ['directory.relationships.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const rows = deliveries.flatMap(({ event }) => {
        // The first event of a relationship says it; the others only say it again.
        if (event.revision > 0) return [];
        const { state } = readContractEvent('directory.relationships.v1', event).data;
        const { organizationId, registryId, personId } = state;
        return [{ id: `${organizationId}|${registryId}`, organizationId, registryId, personId }];
      });
      return Promise.resolve((tx) => tx.insertIfAbsent(RegistryIdRow, rows));
    },
  });

/** The person whom an organization's own id stands for. */
export const personOf = async (
  readModel: ReadModel,
  organizationId: string,
  registryId: string,
): Promise<string | undefined> => {
  const [row] = await readModel.select<{ personId: string }>(
    'SELECT person_id AS "personId" FROM reminder_registry_id WHERE id = ?',
    [`${organizationId}|${registryId}`],
  );
  return row?.personId;
};
