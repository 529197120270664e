import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000 } from '@registry/messaging';
import type { EntityClass, ReadModel } from '@registry/persistence';
import type { MigrationInterface } from 'typeorm';
import { openReadModelOf, type StoreSettings } from './adapters.js';

export const CONTEXTS = ['directory', 'ingestion', 'identity', 'privacy', 'query', 'reminders'] as const;
export type Context = (typeof CONTEXTS)[number];

export interface ReadModelSchema {
  /** The context: its file is `read-<context>.db`, its schema on PostgreSQL `read_<context>`. */
  readonly context: Context;
  /** Of a context with several, for a file has one writer: `read-<context>_<part>.db`, `read_<context>_<part>`. */
  readonly part?: string;
  readonly entities: readonly EntityClass<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** Opens the read models of a process's contexts and closes them with it. */
export class ReadModels {
  private readonly open_: ReadModel[] = [];

  constructor(
    private readonly settings: StoreSettings,
    /** The contexts that this process projects; what others project it only asks. */
    private readonly owned: readonly Context[],
  ) {}

  owns(context: Context): boolean {
    return this.owned.includes(context);
  }

  /** @param readOnly another process or thread projects */
  async open(
    { context, part, entities, migrations }: ReadModelSchema,
    { readOnly = !this.owns(context) }: { readonly readOnly?: boolean } = {},
  ): Promise<ReadModel> {
    const readModel = await openReadModelOf(this.settings, {
      context: part === undefined ? context : `${context}_${part}`,
      entities: [...CONSUMER_ENTITIES, ...entities],
      migrations: [CreateConsumerTables1700000000000, ...migrations],
      readOnly,
      ...(readOnly ? { waitFor: WAIT_FOR_PROJECTORS_MS } : {}),
    });
    this.open_.push(readModel);
    return readModel;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.open_.map((readModel) => readModel.close()));
  }
}

const WAIT_FOR_PROJECTORS_MS = 10_000;
