import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Rows written before have no place; they were told apart by their ids, and still are. */
export class AddArrival1700000000310 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'linked_submission',
      new TableColumn({ name: 'arrival', type: 'integer', default: 0 }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('linked_submission', 'arrival');
  }
}
