import {
  Column,
  Entity,
  PrimaryColumn,
  Table,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

/** What lists and look-ups need; whatever else is asked is read at the streams' heads. */
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

  /** Empty: none. */
  @Column('text', { name: 'parent_id' })
  parentId: string;

  @Column('integer')
  revision: number;
}

@Entity('site')
export class SiteRow {
  @PrimaryColumn('text')
  code: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  name: string;

  /** JSON array. */
  @Column('text', { name: 'facility_names' })
  facilityNames: string;

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

  /** Until when it may be read under the present term and a renewal that follows without a gap. Instants are all written alike. */
  @Column('text', { name: 'covered_until' })
  coveredUntil: string;

  /** Of a renewal that follows after a gap; empty: none. */
  @Column('text', { name: 'resumes_at' })
  resumesAt: string;

  @Column('text', { name: 'resumes_until' })
  resumesUntil: string;

  @Column('integer')
  revision: number;
}

@Entity('client')
export class ClientRow {
  @PrimaryColumn('text', { name: 'client_id' })
  clientId: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'key_hash' })
  keyHash: string;

  /** Empty: none. */
  @Column('text', { name: 'earlier_key_hash' })
  earlierKeyHash: string;

  @Column('integer')
  revision: number;
}

@Entity('organization_user')
export class UserRow {
  @PrimaryColumn('text', { name: 'user_id' })
  userId: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('integer')
  revision: number;
}

/** Whom an organization's own id for a person stands for: commands that name a relationship find its stream by it. */
@Entity('registry_id')
export class RegistryIdRow {
  /** `<organization id>|<registry id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'person_id' })
  personId: string;
}

export const ACCESS_ENTITIES = [
  OrganizationRow,
  SiteRow,
  AgreementRow,
  ClientRow,
  UserRow,
  RegistryIdRow,
] as const;

const key = (name: string): TableColumnOptions => ({ name, type: 'text', isPrimary: true });
const texts = (...names: string[]): TableColumnOptions[] => names.map((name) => ({ name, type: 'text' }));
const revision: TableColumnOptions = { name: 'revision', type: 'integer' };

const TABLES = [
  new Table({
    name: 'organization',
    columns: [key('organization_id'), ...texts('name', 'category', 'status', 'parent_id'), revision],
  }),
  new Table({
    name: 'site',
    columns: [key('code'), ...texts('organization_id', 'name', 'facility_names', 'status'), revision],
    indices: [{ name: 'site_by_organization', columnNames: ['organization_id', 'code'] }],
  }),
  new Table({
    name: 'agreement',
    columns: [
      key('organization_id'),
      ...texts('version', 'signatory', 'covered_until', 'resumes_at', 'resumes_until'),
      revision,
    ],
    indices: [{ name: 'agreement_by_end', columnNames: ['covered_until'] }],
  }),
  new Table({
    name: 'client',
    columns: [key('client_id'), ...texts('organization_id', 'key_hash', 'earlier_key_hash'), revision],
    indices: [
      { name: 'client_by_organization', columnNames: ['organization_id', 'client_id'] },
      { name: 'client_by_key_hash', columnNames: ['key_hash'] },
      { name: 'client_by_earlier_key_hash', columnNames: ['earlier_key_hash'] },
    ],
  }),
  new Table({
    name: 'organization_user',
    columns: [key('user_id'), ...texts('organization_id'), revision],
    indices: [{ name: 'user_by_organization', columnNames: ['organization_id', 'user_id'] }],
  }),
  new Table({ name: 'registry_id', columns: [key('id'), ...texts('person_id')] }),
];

/** The directory's tables; those of before are made anew from the facts, by forgetting how far their projector got. */
export class WidenAccessTables1700000000210 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table.name, true);
    for (const table of TABLES) await runner.createTable(table);
    await runner.query(`DELETE FROM consumer_checkpoint WHERE id LIKE 'directory-access|%'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropTable(table.name);
  }
}
