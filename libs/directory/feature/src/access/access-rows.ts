import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';

@Entity('organization')
export class OrganizationRow {
  @PrimaryColumn('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  name: string;

  @Column('text')
  category: string;

  @Column('text')
  status: string;

  @Column('integer')
  revision: number;
}

@Entity('agreement')
export class AgreementRow {
  @PrimaryColumn('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  version: string;

  @Column('text')
  signatory: string;

  /** JSON array. */
  @Column('text')
  purposes: string;

  @Column('text', { name: 'starts_at' })
  startsAt: string;

  @Column('text', { name: 'ends_at' })
  endsAt: string;

  @Column('integer')
  revision: number;
}

@Entity('client')
export class ClientRow {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  name: string;

  /** JSON array. */
  @Column('text')
  roles: string;

  @Column('text')
  status: string;

  @Column('text', { name: 'key_hash' })
  keyHash: string;

  @Column('integer')
  revision: number;
}

export const ACCESS_ENTITIES = [OrganizationRow, AgreementRow, ClientRow] as const;

export class CreateAccessTables1700000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'organization',
        columns: [
          { name: 'organization_id', type: 'text', isPrimary: true },
          { name: 'name', type: 'text' },
          { name: 'category', type: 'text' },
          { name: 'status', type: 'text' },
          { name: 'revision', type: 'integer' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'agreement',
        columns: [
          { name: 'organization_id', type: 'text', isPrimary: true },
          { name: 'version', type: 'text' },
          { name: 'signatory', type: 'text' },
          { name: 'purposes', type: 'text' },
          { name: 'starts_at', type: 'text' },
          { name: 'ends_at', type: 'text' },
          { name: 'revision', type: 'integer' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'client',
        columns: [
          { name: 'client_id', type: 'text', isPrimary: true },
          { name: 'organization_id', type: 'text' },
          { name: 'name', type: 'text' },
          { name: 'roles', type: 'text' },
          { name: 'status', type: 'text' },
          { name: 'key_hash', type: 'text' },
          { name: 'revision', type: 'integer' },
        ],
        indices: [{ name: 'client_by_key_hash', columnNames: ['key_hash'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['client', 'agreement', 'organization']) await runner.dropTable(table);
  }
}
