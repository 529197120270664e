import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whom an organization serves or served, subscriber or not: one may become one. */
@Entity('subscribable_person')
export class SubscribablePersonRow {
  /** `<organization id>|<registry id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'registry_id' })
  registryId: string;

  @Column('text', { name: 'person_id' })
  personId: string;

  /** When to look again, since evidence of the relationship begins or ends then, ISO-8601 UTC with milliseconds; empty: never. */
  @Column('text', { name: 'changes_at' })
  changesAt: string;

  /** A change that the subscriber was not told of when it was looked for: revision of `identity-decisions`; -1: none. */
  @Column('integer')
  awaited: number;

  /** Since when the record, or such a change of it, is looked for, ISO-8601 UTC; empty: it is not. */
  @Column('text', { name: 'awaited_since' })
  awaitedSince: string;
}

/** Somebody was merged into somebody once. Only says whom to look at again: their heads say whether it is so. */
@Entity('subscribable_merge')
export class SubscribableMergeRow {
  /** `<absorbed>|<survivor>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'absorbed_id' })
  absorbedId: string;

  @Column('text', { name: 'survivor_id' })
  survivorId: string;
}

/** Who subscribes, or did, and how far all its persons have been looked at again. */
@Entity('subscriber')
export class SubscriberRow {
  @PrimaryColumn('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'client_id' })
  clientId: string;

  @Column('boolean')
  active: boolean;

  /** Counts what concerned all its persons. */
  @Column('integer')
  calls: number;

  /** The call that all its persons were last looked at for. */
  @Column('integer')
  answered: number;

  /** Registry id up to which they were, for a later call. */
  @Column('text')
  reached: string;
}

/** Until when terms of agreements were looked at; one row. */
@Entity('subscription_clock')
export class SubscriptionClockRow {
  @PrimaryColumn('text')
  id: string;

  /** ISO-8601 UTC. */
  @Column('text')
  until: string;
}

/** What a subscriber was last told of a person. */
@Entity('subscribed_record')
export class SubscribedRecordRow {
  /** `<organization id>|<registry id>`. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'registry_id' })
  registryId: string;

  @Column('integer')
  version: number;

  @Column('text')
  state: 'available' | 'withdrawn';

  /** Of one withdrawn and not acknowledged, ISO-8601 UTC; else empty. */
  @Column('text', { name: 'due_at' })
  dueAt: string;

  /** Place among the subscriber's changes: the last one of each record stays. */
  @Column('integer')
  place: number;
}

/** A subscriber's changes. */
@Entity('subscriber_feed')
export class SubscriberFeedRow {
  @PrimaryColumn('text', { name: 'organization_id' })
  organizationId: string;

  /** Random: places of a feed that was made anew are others. */
  @Column('text', { name: 'feed_id' })
  feedId: string;

  /** Place of the last change. */
  @Column('integer')
  last: number;
}

/** What the subscription reactor keeps, which acts on it. */
export const SUBSCRIBER_INDEX_ENTITIES = [
  SubscribablePersonRow,
  SubscribableMergeRow,
  SubscriberRow,
  SubscriptionClockRow,
] as const;

export const SUBSCRIPTION_ENTITIES = [
  ...SUBSCRIBER_INDEX_ENTITIES,
  SubscribedRecordRow,
  SubscriberFeedRow,
] as const;

const text = (name: string, isPrimary = false) => ({ name, type: 'text', isPrimary });
const integer = (name: string) => ({ name, type: 'integer' });

export class CreateSubscriptions1700000000330 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'subscribable_person',
        columns: [
          text('id', true),
          text('organization_id'),
          text('registry_id'),
          text('person_id'),
          text('changes_at'),
          integer('awaited'),
          text('awaited_since'),
        ],
        indices: [
          { name: 'subscribable_person_by_organization', columnNames: ['organization_id', 'registry_id'] },
          { name: 'subscribable_person_by_person', columnNames: ['person_id'] },
          { name: 'subscribable_person_by_change', columnNames: ['organization_id', 'changes_at'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'subscribable_merge',
        columns: [text('id', true), text('absorbed_id'), text('survivor_id')],
        indices: [
          { name: 'subscribable_merge_by_absorbed', columnNames: ['absorbed_id'] },
          { name: 'subscribable_merge_by_survivor', columnNames: ['survivor_id'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'subscriber',
        columns: [
          text('organization_id', true),
          text('client_id'),
          { name: 'active', type: 'boolean' },
          integer('calls'),
          integer('answered'),
          text('reached'),
        ],
      }),
    );
    await runner.createTable(
      new Table({ name: 'subscription_clock', columns: [text('id', true), text('until')] }),
    );
    await runner.createTable(
      new Table({
        name: 'subscribed_record',
        columns: [
          text('id', true),
          text('organization_id'),
          text('registry_id'),
          integer('version'),
          text('state'),
          text('due_at'),
          integer('place'),
        ],
        indices: [
          { name: 'subscribed_record_by_place', columnNames: ['organization_id', 'place'] },
          { name: 'subscribed_record_by_id', columnNames: ['organization_id', 'registry_id'] },
          { name: 'subscribed_record_by_due', columnNames: ['due_at'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'subscriber_feed',
        columns: [text('organization_id', true), text('feed_id'), integer('last')],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'subscriber_feed',
      'subscribed_record',
      'subscription_clock',
      'subscriber',
      'subscribable_merge',
      'subscribable_person',
    ]) {
      await runner.dropTable(table);
    }
  }
}
