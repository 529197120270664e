import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where a consumer group got to; written in the transaction that it stands for. */
@Entity('consumer_checkpoint')
export class ConsumerCheckpoint {
  @PrimaryColumn('text')
  id: string;

  @Column('text')
  checkpoint: string;
}

/**
 * A message that a consumer could not handle, and those of the same key parked behind it. Holds the contract event as
 * it came: content in it is ciphertext.
 */
@Entity('dead_letter')
export class DeadLetter {
  /** `<group>|<topic>|<event id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'consumer_group' })
  group: string;

  @Column('text')
  topic: string;

  @Column('text', { name: 'message_key' })
  key: string;

  /** Order within the group. */
  @Column('integer')
  ordinal: number;

  /** The contract event as JSON. */
  @Column('text')
  event: string;

  /** Code of the error, or `PARKED` behind an earlier message of its key. Never an error's text: it could hold person data. */
  @Column('text')
  reason: string;

  @Column('integer')
  attempts: number;

  /** ISO-8601 UTC. */
  @Column('text', { name: 'since' })
  since: string;
}

export const CONSUMER_ENTITIES = [ConsumerCheckpoint, DeadLetter] as const;

export class CreateConsumerTables1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'consumer_checkpoint',
        columns: [
          { name: 'id', type: 'text', isPrimary: true },
          { name: 'checkpoint', type: 'text' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'dead_letter',
        columns: [
          { name: 'id', type: 'text', isPrimary: true },
          { name: 'consumer_group', type: 'text' },
          { name: 'topic', type: 'text' },
          { name: 'message_key', type: 'text' },
          { name: 'ordinal', type: 'integer' },
          { name: 'event', type: 'text' },
          { name: 'reason', type: 'text' },
          { name: 'attempts', type: 'integer' },
          { name: 'since', type: 'text' },
        ],
        indices: [{ name: 'dead_letter_by_group', columnNames: ['consumer_group', 'ordinal'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('dead_letter');
    await runner.dropTable('consumer_checkpoint');
  }
}
