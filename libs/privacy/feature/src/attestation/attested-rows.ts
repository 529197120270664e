import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';
import { evidenceOf, readContractEvent } from '@registry/contracts';
import { projector, type Consumer, type ConsumerTrouble, type Messaging } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';

/** That an organization attested that it serves a person, and whether a dose or a roster entry has borne that out since. */
@Entity('attested_relationship')
export class AttestedRelationshipRow {
  /** `<organization id>|<person id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'person_id' })
  personId: string;

  /** Of the first attestation that nothing has borne out. ISO-8601 UTC. */
  @Column('text', { name: 'attested_at' })
  attestedAt: string;

  @Column('boolean', { name: 'borne_out' })
  borneOut: boolean;

  /** Revision of the relationship's stream that the row reflects. */
  @Column('integer')
  revision: number;
}

export class CreateAttestedRelationships1700000000110 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'attested_relationship',
        columns: [
          { name: 'id', type: 'text', isPrimary: true },
          { name: 'organization_id', type: 'text' },
          { name: 'person_id', type: 'text' },
          { name: 'attested_at', type: 'text' },
          { name: 'borne_out', type: 'boolean' },
          { name: 'revision', type: 'integer' },
        ],
        indices: [{ name: 'attested_by_time', columnNames: ['borne_out', 'attested_at', 'id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('attested_relationship');
  }
}

export const attestedProjector = (
  messaging: Messaging,
  readModel: ReadModel,
  onTrouble: (trouble: ConsumerTrouble) => void,
): Consumer =>
  projector(messaging, {
    group: 'privacy-attested',
    topics: ['directory.relationships.v1'],
    readModel,
    onTrouble,
    project: (deliveries) => {
      const changes = deliveries.flatMap(({ event: delivered }) => {
        const { data, revision } = readContractEvent('directory.relationships.v1', delivered);
        const evidence = evidenceOf(data.state);
        const attested = evidence.find(({ kind }) => kind === 'attestation');
        // Most relationships were never attested: they have no row.
        if (attested === undefined) return [];
        const { organizationId, personId } = data.state;
        return [
          {
            id: `${organizationId}|${personId}`,
            organizationId,
            personId,
            attestedAt: attested.startsAt,
            borneOut: evidence.some(({ kind }) => kind === 'own-submission' || kind === 'roster'),
            revision,
          },
        ];
      });
      return Promise.resolve(async (tx) => {
        if (changes.length === 0) return;
        const known = await tx.find(AttestedRelationshipRow, 'id', [...new Set(changes.map(({ id }) => id))]);
        const rows = new Map(known.map((row) => [row.id, row]));
        for (const change of changes) {
          const before = rows.get(change.id);
          if (before !== undefined && before.revision >= change.revision) continue;
          // The first one that nothing has borne out is what has to be explained.
          const attestedAt = before?.borneOut === false ? before.attestedAt : change.attestedAt;
          rows.set(change.id, { ...change, attestedAt });
        }
        await tx.upsert(AttestedRelationshipRow, [...rows.values()]);
      });
    },
  });
