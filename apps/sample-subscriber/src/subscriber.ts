import {
  ContractViolation,
  RecordAvailable,
  RecordsReconciled,
  RecordWithdrawn,
  validatorOf,
} from '@registry/contracts';
import type { Exchange, ExchangeConsumption, ReceivedEvent } from '@registry/exchange';
import { UnusableId, type LocalCopies } from './local-copies.js';
import type { RegistryClient } from './registry-client.js';

const readAvailable = validatorOf('RecordAvailable', RecordAvailable);
const readWithdrawn = validatorOf('RecordWithdrawn', RecordWithdrawn);
const readReconciled = validatorOf('RecordsReconciled', RecordsReconciled);

/**
 * Keeps copies of the records that it may have, and no others: whatever is told, twice, late or in another order, the highest version of
 * each counts.
 */
export class Subscriber {
  /** One message at a time, from whichever side it comes. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly registry: RegistryClient,
    private readonly copies: LocalCopies,
    /** Told after each digest of a day: are the copies as the registry says, be it after everything was read anew? */
    private readonly onReconciled: (day: string, isWhole: boolean) => void = () => undefined,
  ) {}

  /** @throws RegistryUnavailable the message is to come again @throws ContractViolation @throws UnusableId it says nothing that counts */
  async handle({ type, data }: Pick<ReceivedEvent, 'type' | 'data'>): Promise<void> {
    if (type === 'RecordAvailable') await this.inTurn(() => this.available(readAvailable(data)));
    if (type === 'RecordWithdrawn') await this.inTurn(() => this.withdrawn(readWithdrawn(data)));
    if (type === 'RecordsReconciled') {
      const told = readReconciled(data);
      // It may be of long ago, or overtaken by what stands before it: only what the registry says now is a reason to read everything.
      this.onReconciled(told.day, this.has(told) || (await this.reconcile()));
    }
  }

  /**
   * By the organization's own topic, for ever. How far it is the broker keeps, after each message that the copies have; what comes again, after
   * a crash or from the start, is known by its version.
   */
  consume(
    exchange: Exchange,
    organizationId: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ): ExchangeConsumption {
    const topic = `subscriber.${organizationId}.records.v1`;
    return exchange.consume({
      // Of these copies: in a new folder everything is read from the start.
      group: `${organizationId}-copies-${this.copies.id}`,
      topics: new RegExp(`^${topic.replaceAll('.', '\\.')}$`),
      handle: async (event) => {
        try {
          await this.handle(event);
        } catch (error) {
          if (!(error instanceof ContractViolation || error instanceof UnusableId)) throw error;
          // It would come for ever. Whatever it should have said, the next digest shows.
          onTrouble(error);
        }
      },
      onTrouble,
    });
  }

  /** By REST, to the end of what there is. */
  async catchUp(): Promise<void> {
    await this.readFrom(this.copies.cursor);
  }

  /** Does it have what it should have? Reads everything anew if not. */
  async reconcile(): Promise<boolean> {
    if (this.has(await this.registry.reconciliation())) return true;
    await this.readAll();
    return this.has(await this.registry.reconciliation());
  }

  private has({ records, digest }: Pick<RecordsReconciled, 'records' | 'digest'>): boolean {
    const mine = this.copies.digest();
    return mine.records === records && mine.digest === digest;
  }

  private readAll(): Promise<void> {
    return this.readFrom(undefined);
  }

  private async readFrom(cursor: string | undefined): Promise<void> {
    for (let after = cursor; ;) {
      const { records, next } = await this.registry.records(after);
      for (const { registryId, version, state } of records) {
        const told = { registryId, version };
        await this.inTurn(() => (state === 'available' ? this.available(told) : this.withdrawn(told)));
      }
      if (next !== undefined) await this.copies.reached(next);
      if (records.length === 0 || next === undefined) return;
      after = next;
    }
  }

  private async available({ registryId, version }: RecordAvailable): Promise<void> {
    const known = this.copies.get(registryId);
    if (known !== undefined && known.version >= version) return;
    const record = await this.registry.fetch(registryId);
    // Not to be had: perhaps withdrawn already, which is told next. What was kept of it goes now.
    const copy = { registryId, version, state: 'available' } as const;
    await this.copies.put(record === undefined ? copy : { ...copy, record });
  }

  private async withdrawn({ registryId, version }: RecordWithdrawn): Promise<void> {
    const known = this.copies.get(registryId);
    if (known !== undefined && known.version > version) return;
    if (known?.version === version && known.acknowledged === true) return;
    // The version stays, so that an older offer does not bring the record back.
    const deleted = { registryId, version, state: 'withdrawn' } as const;
    await this.copies.put(deleted);
    await this.registry.acknowledge(registryId, version);
    await this.copies.put({ ...deleted, acknowledged: true });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}
