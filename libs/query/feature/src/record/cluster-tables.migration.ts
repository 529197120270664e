import { remakeTable } from '@registry/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const text = (name: string, isPrimary = false) => ({ name, type: 'text', isPrimary });

/**
 * Their keys are random, so each insert meets a page of its own once a state's persons are there: the fewer B-trees, the fewer pages. A
 * search key's row is nothing but its key.
 */
export class ClusterTables1700000000340 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await remakeTable(runner, {
      name: 'linked_submission',
      withoutRowid: true,
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
    await remakeTable(runner, {
      name: 'person_search_key',
      withoutRowid: true,
      columns: [text('person_id', true), text('search_key', true)],
      indices: [{ name: 'person_search_key_by_key', columnNames: ['search_key'] }],
    });
    await remakeTable(runner, {
      name: 'person_setting',
      withoutRowid: true,
      columns: [
        text('person_id', true),
        { name: 'setting_revision', type: 'integer' },
        { name: 'hidden', type: 'boolean' },
        text('only_holder'),
      ],
    });
    await remakeTable(runner, {
      name: 'registry_id',
      withoutRowid: true,
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
