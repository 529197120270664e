import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const text = (name: string, isPrimary = false) => ({ name, type: 'text', isPrimary });

export class CreateRecordTables1700000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'linked_submission',
        columns: [
          text('submission_id', true),
          text('person_id'),
          text('organization_id'),
          text('received_at'),
          { name: 'suppressed', type: 'boolean' },
        ],
        indices: [{ name: 'linked_submission_by_person', columnNames: ['person_id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'record_source',
        columns: [text('submission_id', true), text('person_id'), text('content')],
        indices: [{ name: 'record_source_by_person', columnNames: ['person_id'] }],
      }),
    );
    await runner.createTable(
      new Table({ name: 'person_record', columns: [text('person_id', true), text('record')] }),
    );
    await runner.createTable(
      new Table({
        name: 'person_search_key',
        columns: [text('id', true), text('person_id'), text('search_key')],
        indices: [
          { name: 'person_search_key_by_key', columnNames: ['search_key'] },
          { name: 'person_search_key_by_person', columnNames: ['person_id'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'person_setting',
        columns: [
          text('person_id', true),
          { name: 'setting_revision', type: 'integer' },
          { name: 'hidden', type: 'boolean' },
          text('only_holder'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'registry_id',
        columns: [text('id', true), text('organization_id'), text('person_id')],
        indices: [{ name: 'registry_id_by_person', columnNames: ['organization_id', 'person_id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'registry_id',
      'person_setting',
      'person_search_key',
      'person_record',
      'record_source',
      'linked_submission',
    ]) {
      await runner.dropTable(table);
    }
  }
}
