import { inSpan } from '@registry/observability';
import type { ReadModel, ReadModelTransaction } from '@registry/persistence';
import { ConsumerCheckpoint, DeadLetter } from './consumer-tables.js';
import type { Consumption, Delivery, DeliveryBatch, Messaging } from './messaging.port.js';
import type { RunningConsumer } from './running-consumer.js';
import type { ContractEvent, TopicName } from '@registry/contracts';

export interface ConsumerTrouble {
  readonly group: string;
  /** `infrastructure`: the batch comes again. `dead-letter`: a message was put aside. */
  readonly kind: 'infrastructure' | 'dead-letter';
  readonly code: string;
  readonly key?: string;
}

export interface ConsumerSpec {
  readonly group: string;
  readonly topics: readonly TopicName[];
  /** Holds the group's checkpoint and dead letters. */
  readonly readModel: ReadModel;
  /**
   * Handles deliveries, in order per key. `commit` must be called once, with the writes that belong to them: it keeps
   * those and the checkpoint in one transaction.
   */
  readonly process: (deliveries: readonly Delivery[], commit: Commit) => Promise<void>;
  readonly onTrouble?: (trouble: ConsumerTrouble) => void;
  /** Tries of one message before it is a dead letter, first included. Default 4. */
  readonly attempts?: number;
}

export type Commit = (writes?: (tx: ReadModelTransaction) => Promise<void>) => Promise<void>;

const DEFAULT_ATTEMPTS = 4;
const RETRY_PAUSE_MS = 25;
/** How far a checkpoint that stands for nothing written may lag. What is handled again after a crash is a repeat anyway. */
const CHECKPOINT_LAG_MS = 250;

/**
 * One consumer group: batches as long as they succeed; when one fails, message by message with bounded retries; what
 * still fails is a dead letter, and later messages of its key are parked behind it in order. Other keys go on.
 */
export class Consumer implements RunningConsumer {
  private consumption: Consumption | undefined;
  private parked = new Set<string>();
  private nextOrdinal = 1;
  /** Batches and replays take turns. */
  private turn: Promise<unknown> = Promise.resolve();
  /** Checkpoints reached and not kept yet, by id. */
  private readonly unkept = new Map<string, string>();
  private keeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly messaging: Messaging,
    private readonly spec: ConsumerSpec,
  ) {}

  get group(): string {
    return this.spec.group;
  }

  async start(): Promise<void> {
    await this.learnParked();
    this.consumption = this.messaging.consume({
      group: this.spec.group,
      topics: this.spec.topics,
      checkpointOf: async (partition) => {
        // Whoever had the partition before may have parked keys of it.
        await this.inTurn(() => this.learnParked());
        const [row] = await this.spec.readModel.select<ConsumerCheckpoint>(
          'SELECT id, checkpoint FROM consumer_checkpoint WHERE id = ?',
          [checkpointId(this.spec.group, partition)],
        );
        return row?.checkpoint;
      },
      handle: (batch) =>
        this.inTurn(() =>
          inSpan(
            `consume ${this.spec.group}`,
            {
              attributes: { 'messaging.batch.message_count': batch.deliveries.length },
              causes: batch.deliveries.map(({ event }) => event.traceparent),
            },
            () => this.handle(batch),
          ),
        ),
      onTrouble: (error) => this.report({ kind: 'infrastructure', code: codeOf(error) }),
    });
  }

  async stop(): Promise<void> {
    await this.consumption?.stop();
    await this.turn;
    clearTimeout(this.keeping);
    await this.keepCheckpoints();
  }

  isCaughtUp(): boolean {
    return this.consumption?.isCaughtUp() ?? false;
  }

  lag(): ReadonlyMap<string, number> | undefined {
    return this.consumption?.lag?.();
  }

  lateness(): number | undefined {
    return this.consumption?.lateness?.();
  }

  /** Dead letters of this group, oldest first. */
  deadLetters(): Promise<DeadLetter[]> {
    return this.spec.readModel.select<DeadLetter>(
      `SELECT id, consumer_group AS "group", topic, message_key AS "key", ordinal, event, reason, attempts, since
         FROM dead_letter WHERE consumer_group = ? ORDER BY ordinal`,
      [this.spec.group],
    );
  }

  /**
   * Handles the dead letters again, in order per key; a key whose letters all succeed is no longer parked.
   * @returns how many succeeded, and how many remain
   */
  replayDeadLetters(): Promise<{ readonly replayed: number; readonly remaining: number }> {
    return this.inTurn(async () => {
      let replayed = 0;
      const stuck = new Set<string>();
      for (const letter of await this.deadLetters()) {
        const key = parkingKey(letter.topic, letter.key);
        if (stuck.has(key)) continue;
        const delivery: Delivery = {
          topic: letter.topic as TopicName,
          event: JSON.parse(letter.event) as ContractEvent,
        };
        const failure = await this.attempt([delivery], (tx) => tx.remove(DeadLetter, 'id', [letter.id]));
        if (failure === undefined) replayed += 1;
        else stuck.add(key);
      }
      this.parked = stuck;
      return { replayed, remaining: (await this.deadLetters()).length };
    });
  }

  private async handle(batch: DeliveryBatch): Promise<void> {
    this.unkept.set(checkpointId(this.spec.group, batch.partition), batch.checkpoint);
    try {
      // Another process of the group may have replayed what they are parked behind.
      if (batch.deliveries.some((delivery) => this.isParked(delivery))) await this.learnParked();
      const free = batch.deliveries.filter((delivery) => !this.isParked(delivery));
      if (free.length === batch.deliveries.length) {
        const failure = await this.attempt(free, (tx) => this.writeCheckpoints(tx), {
          soon: true,
          attempts: 1,
        });
        if (failure === undefined) return;
      }
      await this.oneByOne(batch.deliveries);
      await this.spec.readModel.write((tx) => this.writeCheckpoints(tx));
    } catch (error) {
      // The batch comes again, and with it its checkpoint.
      this.unkept.clear();
      throw error;
    }
  }

  private async learnParked(): Promise<void> {
    const letters = await this.deadLetters();
    this.parked = new Set(letters.map((letter) => parkingKey(letter.topic, letter.key)));
    this.nextOrdinal = Math.max(0, ...letters.map((letter) => letter.ordinal)) + 1;
  }

  private async oneByOne(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      if (this.isParked(delivery)) await this.putAside(delivery, 'PARKED', 0);
      else {
        const failure = await this.attempt([delivery]);
        if (failure !== undefined) await this.putAside(delivery, failure, this.attempts);
      }
    }
  }

  /**
   * @param also written in the transaction of what the deliveries made
   * @param soon where they made nothing to write, `also` is only the checkpoints and can wait a little
   * @returns undefined on success, else the code of the last error. @throws what infrastructure throws
   */
  private async attempt(
    deliveries: readonly Delivery[],
    also: (tx: ReadModelTransaction) => Promise<void> = async () => undefined,
    { soon = false, attempts = this.attempts }: { readonly soon?: boolean; readonly attempts?: number } = {},
  ): Promise<string | undefined> {
    let code = 'UNKNOWN';
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      try {
        let committed = false;
        const commit: Commit = async (writes) => {
          if (writes === undefined && soon) this.keepSoon();
          else {
            await this.spec.readModel.write(async (tx) => {
              await writes?.(tx);
              await also(tx);
            });
          }
          committed = true;
        };
        await this.spec.process(deliveries, commit);
        if (!committed) throw new Error(`${this.spec.group} did not commit`);
        return undefined;
      } catch (error) {
        if (isInfrastructure(error)) throw error;
        code = codeOf(error);
        if (attempt < attempts) await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS * attempt));
      }
    }
    return code;
  }

  private async writeCheckpoints(tx: ReadModelTransaction): Promise<void> {
    await tx.upsert(
      ConsumerCheckpoint,
      [...this.unkept].map(([id, checkpoint]) => ({ id, checkpoint })),
    );
    this.unkept.clear();
  }

  private keepSoon(): void {
    this.keeping ??= setTimeout(() => {
      this.keeping = undefined;
      this.inTurn(() => this.keepCheckpoints()).catch((error: unknown) =>
        this.report({ kind: 'infrastructure', code: codeOf(error) }),
      );
    }, CHECKPOINT_LAG_MS);
  }

  private async keepCheckpoints(): Promise<void> {
    if (this.unkept.size > 0) await this.spec.readModel.write((tx) => this.writeCheckpoints(tx));
  }

  private async putAside({ topic, event }: Delivery, reason: string, attempts: number): Promise<void> {
    const letter: DeadLetter = {
      id: `${this.spec.group}|${topic}|${event.id}`,
      group: this.spec.group,
      topic,
      key: event.key,
      ordinal: this.nextOrdinal,
      event: JSON.stringify(event),
      reason,
      attempts,
      since: new Date().toISOString(),
    };
    await this.spec.readModel.write((tx) => tx.insertIfAbsent(DeadLetter, [letter]));
    this.nextOrdinal += 1;
    this.parked.add(parkingKey(topic, event.key));
    if (reason !== 'PARKED') this.report({ kind: 'dead-letter', code: reason, key: event.key });
  }

  private isParked({ topic, event }: Delivery): boolean {
    return this.parked.size > 0 && this.parked.has(parkingKey(topic, event.key));
  }

  private get attempts(): number {
    return this.spec.attempts ?? DEFAULT_ATTEMPTS;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private report(trouble: Omit<ConsumerTrouble, 'group'>): void {
    this.spec.onTrouble?.({ group: this.spec.group, ...trouble });
  }
}

const checkpointId = (group: string, partition: string): string => `${group}|${partition}`;
const parkingKey = (topic: string, key: string): string => `${topic}|${key}`;

/** Stable code of an error, or its class: never its text. */
const codeOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'UNKNOWN';
};

/** A store that is away, busy or moved on is no fault of the message. */
const isInfrastructure = (error: unknown): boolean => {
  const code = codeOf(error);
  return /^(STORE|READ_MODEL|KEYS|GATE|EXCHANGE)\./.test(code) && code !== 'KEYS.SEAL_BROKEN';
};
