import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Rows written before say nothing of the evidence until it changes, or the read model is made anew. */
export class AddEvidence1700000000330 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('registry_id', new TableColumn({ name: 'evidence', type: 'text', default: "''" }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('registry_id', 'evidence');
  }
}
