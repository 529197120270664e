import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractEvent } from '@registry/contracts';
import { openReadModel, type ReadModel } from '@registry/persistence';
import {
  CONSUMER_ENTITIES,
  ConsumerCheckpoint,
  CreateConsumerTables1700000000000,
} from './consumer-tables.js';
import type { ConsumerTrouble } from './consumer.js';
import type { ConsumeOptions, Delivery, Messaging } from './messaging.port.js';
import { projector } from './projector.js';
import { reactor } from './reactor.js';

/** Hands batches to whoever consumes, when the test says so. */
class ManualMessaging implements Messaging {
  private consumer: ConsumeOptions | undefined;
  private checkpoint = 0;

  declare(): void {
    // The test's deliveries need no map.
  }

  consume(options: ConsumeOptions) {
    this.consumer = options;
    return { stop: () => Promise.resolve(), isCaughtUp: () => true };
  }

  /** As a group that gives a partition to this member. */
  async assign(): Promise<void> {
    await this.consumer?.checkpointOf('log');
  }

  async deliver(...deliveries: Delivery[]): Promise<void> {
    this.checkpoint += 1;
    await this.consumer?.handle({ partition: 'log', deliveries, checkpoint: String(this.checkpoint) });
  }
}

let lastId = 0;
const delivery = (key: string, poison = false): Delivery => {
  lastId += 1;
  const event: ContractEvent = {
    id: `event-${lastId}`,
    type: 'PersonRegistered',
    key,
    revision: lastId,
    position: String(lastId),
    recordedAt: '2026-01-01T00:00:00.000Z',
    data: { poison },
  };
  return { topic: 'identity.decisions.v1', event };
};

class Poisoned extends Error {
  readonly code = 'TEST.POISONED';
}

class Away extends Error {
  readonly code = 'STORE.UNAVAILABLE';
}

describe('A consumer', () => {
  let folder: string;
  let readModel: ReadModel;
  let messaging: ManualMessaging;
  let handled: string[];
  let troubles: ConsumerTrouble[];
  let cured: boolean;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    readModel = await openReadModel({
      file: join(folder, 'read-test.db'),
      entities: CONSUMER_ENTITIES,
      migrations: [CreateConsumerTables1700000000000],
    });
    messaging = new ManualMessaging();
    handled = [];
    troubles = [];
    cured = false;
  });

  afterEach(async () => {
    await readModel.close();
    rmSync(folder, { recursive: true });
  });

  const start = async () => {
    const consumer = reactor(messaging, {
      group: 'test',
      topics: ['identity.decisions.v1'],
      readModel,
      onTrouble: (trouble) => troubles.push(trouble),
      react: ({ event }) => {
        if ((event.data as { poison: boolean }).poison && !cured)
          return Promise.reject(new Poisoned('secret text'));
        handled.push(event.id);
        return Promise.resolve();
      },
    });
    await consumer.start();
    return consumer;
  };

  const checkpoint = async (): Promise<string | undefined> =>
    (await readModel.select<ConsumerCheckpoint>('SELECT checkpoint FROM consumer_checkpoint'))[0]?.checkpoint;

  it('keeps its checkpoint soon after what it handled, and at once when it stops', async () => {
    const consumer = await start();
    const [one, two] = [delivery('a'), delivery('b')];
    await messaging.deliver(one);
    await messaging.deliver(two);
    expect(handled).toEqual([one.event.id, two.event.id]);
    const deadline = performance.now() + 10_000;
    while ((await checkpoint()) !== '2' && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await checkpoint()).toBe('2');
    await messaging.deliver(delivery('c'));
    await consumer.stop();
    expect(await checkpoint()).toBe('3');
  });

  it('keeps no checkpoint of a batch that it has to handle again', async () => {
    let away = false;
    const consumer = reactor(messaging, {
      group: 'test',
      topics: ['identity.decisions.v1'],
      readModel,
      react: () => (away ? Promise.reject(new Away()) : Promise.resolve()),
    });
    await consumer.start();
    away = true;
    await expect(messaging.deliver(delivery('a'))).rejects.toBeInstanceOf(Away);
    await consumer.stop();
    expect(await checkpoint()).toBeUndefined();
  });

  it('puts a poison message aside with its code, parks its key in order, and lets other keys go on', async () => {
    const consumer = await start();
    const [poison, behind, other, later] = [delivery('a', true), delivery('a'), delivery('b'), delivery('a')];
    await messaging.deliver(poison, behind, other);
    await messaging.deliver(later);
    // At least once: the batch was tried whole before its messages were tried one by one.
    expect(new Set(handled)).toEqual(new Set([other.event.id]));
    expect(await checkpoint()).toBe('2');
    const letters = await consumer.deadLetters();
    expect(letters.map(({ id, reason, key }) => [id.split('|').at(-1), reason, key])).toEqual([
      [poison.event.id, 'TEST.POISONED', 'a'],
      [behind.event.id, 'PARKED', 'a'],
      [later.event.id, 'PARKED', 'a'],
    ]);
    expect(JSON.stringify(letters)).not.toContain('secret text');
    expect(troubles).toEqual([{ group: 'test', kind: 'dead-letter', code: 'TEST.POISONED', key: 'a' }]);
  });

  it('replays dead letters in order and frees their key', async () => {
    const consumer = await start();
    const [poison, behind, free] = [delivery('a', true), delivery('a'), delivery('a')];
    await messaging.deliver(poison, behind);
    expect(await consumer.replayDeadLetters()).toEqual({ replayed: 0, remaining: 2 });
    cured = true;
    expect(await consumer.replayDeadLetters()).toEqual({ replayed: 2, remaining: 0 });
    await messaging.deliver(free);
    expect(handled).toEqual([poison.event.id, behind.event.id, free.event.id]);
    expect(await consumer.deadLetters()).toEqual([]);
  });

  it('remembers what is parked when it starts again', async () => {
    await start();
    await messaging.deliver(delivery('a', true));
    const consumer = await start();
    await messaging.deliver(delivery('a'));
    expect(handled).toEqual([]);
    expect((await consumer.deadLetters()).map((letter) => letter.reason)).toEqual([
      'TEST.POISONED',
      'PARKED',
    ]);
  });

  it('knows what another process of its group parked, once it has its partition, and what that replayed', async () => {
    const [mine, others] = [new ManualMessaging(), new ManualMessaging()];
    messaging = mine;
    const consumer = await start();
    messaging = others;
    const other = await start();
    const [poison, later] = [delivery('a', true), delivery('a')];
    await mine.deliver(poison);
    // The partition moves.
    await others.assign();
    await others.deliver(later);
    expect(handled).toEqual([]);
    expect((await other.deadLetters()).map(({ reason }) => reason)).toEqual(['TEST.POISONED', 'PARKED']);
    cured = true;
    expect(await consumer.replayDeadLetters()).toEqual({ replayed: 2, remaining: 0 });
    const latest = delivery('a');
    await others.deliver(latest);
    expect(handled).toEqual([poison.event.id, later.event.id, latest.event.id]);
    await Promise.all([consumer.stop(), other.stop()]);
  });

  it('blames no message for infrastructure that is away: the batch is refused whole', async () => {
    let away = true;
    const consumer = reactor(messaging, {
      group: 'test',
      topics: ['identity.decisions.v1'],
      readModel,
      react: ({ event }) => {
        if (away) return Promise.reject(new Away());
        handled.push(event.id);
        return Promise.resolve();
      },
    });
    await consumer.start();
    const one = delivery('a');
    await expect(messaging.deliver(one)).rejects.toBeInstanceOf(Away);
    expect(await consumer.deadLetters()).toEqual([]);
    expect(await checkpoint()).toBeUndefined();
    away = false;
    await messaging.deliver(one);
    expect(handled).toEqual([one.event.id]);
  });

  it('commits a projector’s rows and its checkpoint together, or neither', async () => {
    let fail = true;
    const consumer = projector(messaging, {
      group: 'projector',
      topics: ['identity.decisions.v1'],
      readModel,
      project: (deliveries) =>
        Promise.resolve(async (tx) => {
          // A row of its own stands in for a projection's.
          await tx.upsert(
            ConsumerCheckpoint,
            deliveries.map(({ event }) => ({ id: `row-${event.id}`, checkpoint: '' })),
          );
          if (fail) throw new Away();
        }),
    });
    await consumer.start();
    const one = delivery('a');
    await expect(messaging.deliver(one)).rejects.toBeInstanceOf(Away);
    expect(await readModel.select('SELECT * FROM consumer_checkpoint')).toEqual([]);
    fail = false;
    await messaging.deliver(one);
    expect(
      (await readModel.select<ConsumerCheckpoint>('SELECT id FROM consumer_checkpoint')).map(({ id }) => id),
    ).toEqual(expect.arrayContaining([`row-${one.event.id}`, 'projector|log']));
  });

  it('works on different keys side by side and on one key in order', async () => {
    const order: string[] = [];
    const consumer = reactor(messaging, {
      group: 'test',
      topics: ['identity.decisions.v1'],
      readModel,
      react: async ({ event }) => {
        order.push(`${event.key} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${event.key} ends`);
      },
    });
    await consumer.start();
    await messaging.deliver(delivery('a'), delivery('a'), delivery('b'));
    expect(order).toEqual(['a begins', 'b begins', 'a ends', 'a begins', 'b ends', 'a ends']);
  });
});
