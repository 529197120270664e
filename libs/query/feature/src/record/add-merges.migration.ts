import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Persons that were merged, and how new the links of those are that were parted again. */
export class AddMerges1700000000320 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'person_part',
        columns: [
          { name: 'part_id', type: 'text', isPrimary: true },
          { name: 'merge_id', type: 'text' },
          { name: 'survivor_id', type: 'text' },
          { name: 'root_id', type: 'text' },
        ],
        indices: [{ name: 'person_part_by_root', columnNames: ['root_id'] }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'person_links',
        columns: [
          { name: 'person_id', type: 'text', isPrimary: true },
          { name: 'revision', type: 'integer' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('person_links');
    await runner.dropTable('person_part');
  }
}
