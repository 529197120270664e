import { clusterTable } from '@registry/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const text = (name: string, isPrimary = false) => ({ name, type: 'text', isPrimary });

/**
 * Their keys are random, so each insert meets a page of its own once a state's persons are there: the fewer B-trees, the fewer pages. A
 * search key's row is nothing but its key.
 */
export class ClusterTables1700000000340 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await clusterTable(runner, {
      name: 'linked_submission',
      columns: [
        text('submission_id', true),
        text('person_id'),
        text('organization_id'),
        text('received_at'),
        { name: 'suppressed', type: 'boolean' },
        { name: 'arrival', type: 'integer', default: 0 },
      ],
      indices: [{ name: 'linked_submission_by_person', columnNames: ['person_id'] }],
    });
    const clustered = await clusterTable(runner, {
      name: 'person_search_key',
      columns: [text('person_id', true), text('search_key', true)],
      indices: [{ name: 'person_search_key_by_key', columnNames: ['search_key'] }],
    });
    if (!clustered) await makeAllKey(runner);
    await clusterTable(runner, {
      name: 'person_setting',
      columns: [
        text('person_id', true),
        { name: 'setting_revision', type: 'integer' },
        { name: 'hidden', type: 'boolean' },
        text('only_holder'),
      ],
    });
    await clusterTable(runner, {
      name: 'registry_id',
      columns: [
        text('id', true),
        text('organization_id'),
        text('person_id'),
        { name: 'evidence', type: 'text', default: "''" },
      ],
      indices: [{ name: 'registry_id_by_person', columnNames: ['organization_id', 'person_id'] }],
    });
  }

  down(): Promise<void> {
    throw new Error(
      'Delete the read model and start an earlier version: it makes its own anew from the events',
    );
  }
}

/** What `clusterTable` does to search keys beside, on PostgreSQL: the key goes with its column, and what is found by person is found by the new one. */
const makeAllKey = async (runner: QueryRunner): Promise<void> => {
  await runner.query('DROP INDEX "person_search_key_by_person"');
  await runner.query('ALTER TABLE "person_search_key" DROP COLUMN "id"');
  await runner.query('ALTER TABLE "person_search_key" ADD PRIMARY KEY ("person_id", "search_key")');
};
