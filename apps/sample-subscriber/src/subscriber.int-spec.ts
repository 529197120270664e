import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractViolation } from '@registry/contracts';
import { createMemoryExchange, type ExchangeConsumeOptions } from '@registry/exchange';
import fc from 'fast-check';
import { LocalCopies, UnusableId } from './local-copies.js';
import { RegistryUnavailable, type FeedPage, type RegistryClient } from './registry-client.js';
import { Subscriber } from './subscriber.js';

const TOPIC = 'subscriber.org-1.records.v1';

/** A registry of what it is told here. */
class FakeRegistry implements RegistryClient {
  readonly feed: FeedPage['records'][number][] = [];
  readonly acknowledged: string[] = [];
  readonly hidden = new Set<string>();
  isAway = false;
  /** Pages of the feed. */
  read = 0;

  fetch(registryId: string): Promise<unknown> {
    return this.answer(() => (this.hidden.has(registryId) ? undefined : { id: registryId, secret: 'dose' }));
  }

  acknowledge(registryId: string, version: number): Promise<void> {
    return this.answer(() => void this.acknowledged.push(`${registryId} ${version}`));
  }

  records(after: string | undefined): Promise<FeedPage> {
    this.read += 1;
    const from = Number(after ?? 0);
    const records = this.feed.slice(from, from + 2);
    return this.answer(() => ({ records, next: String(from + records.length) }));
  }

  reconciliation() {
    return this.answer(() => ({ day: '2026-03-02', ...this.digestOf() }));
  }

  digestOf = (): { records: number; digest: string } => ({ records: 0, digest: '' });

  private answer<T>(make: () => T): Promise<T> {
    return this.isAway ? Promise.reject(new RegistryUnavailable(503)) : Promise.resolve(make());
  }
}

describe('The sample subscriber', () => {
  let folder: string;
  let registry: FakeRegistry;
  let copies: LocalCopies;
  let subscriber: Subscriber;
  let reconciled: string[];

  const open = async (): Promise<void> => {
    copies = await LocalCopies.open(folder);
    subscriber = new Subscriber(
      registry,
      copies,
      (day, isWhole) => void reconciled.push(`${day} ${isWhole}`),
    );
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'copies-'));
    registry = new FakeRegistry();
    reconciled = [];
    await open();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const available = (registryId: string, version: number) =>
    ({ type: 'RecordAvailable', data: { registryId, version } }) as const;
  const withdrawn = (registryId: string, version: number) =>
    ({ type: 'RecordWithdrawn', data: { registryId, version } }) as const;
  const onDisk = (): string =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');

  it('keeps what it may have, for its owner alone', async () => {
    await subscriber.handle(available('a', 1));
    expect(copies.get('a')).toMatchObject({ version: 1, record: { secret: 'dose' } });
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await expect(subscriber.handle(available('../a', 1))).rejects.toThrow('Not an id');
    await expect(subscriber.handle({ type: 'RecordAvailable', data: {} })).rejects.toThrow('contract');
  });

  it('deletes what is withdrawn, and says so once it is', async () => {
    await subscriber.handle(available('a', 1));
    registry.isAway = true;
    await expect(subscriber.handle(withdrawn('a', 2))).rejects.toThrow(RegistryUnavailable);
    expect(onDisk()).not.toContain('dose');
    registry.isAway = false;
    // A crash, and the message comes again, twice.
    await open();
    for (let times = 0; times < 2; times += 1) await subscriber.handle(withdrawn('a', 2));
    expect(registry.acknowledged).toEqual(['a 2']);
    await subscriber.handle(available('a', 1));
    expect(copies.get('a')?.state).toBe('withdrawn');
    await subscriber.handle(available('a', 3));
    expect(onDisk()).toContain('dose');
  });

  it('keeps nothing of what it can no longer fetch', async () => {
    await subscriber.handle(available('a', 1));
    registry.hidden.add('a');
    await subscriber.handle(available('a', 2));
    expect(onDisk()).not.toContain('dose');
  });

  it('ends alike, in whatever order and however often it is told', async () => {
    const story = [
      available('a', 1),
      withdrawn('a', 2),
      available('a', 3),
      available('b', 1),
      withdrawn('b', 2),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(story, { minLength: story.length }),
        fc.array(fc.constantFrom(...story), { maxLength: 4 }),
        async (order, again) => {
          const other = mkdtempSync(join(tmpdir(), 'copies-'));
          const theirs = await LocalCopies.open(other);
          const they = new Subscriber(registry, theirs);
          for (const message of [...order, ...again]) await they.handle(message);
          expect(theirs.get('a')).toMatchObject({ version: 3, state: 'available' });
          expect(theirs.get('b')).toMatchObject({ version: 2, state: 'withdrawn' });
          rmSync(other, { recursive: true });
        },
      ),
      { numRuns: 20 },
    );
  });

  it('reads the feed by REST, and goes on where it was', async () => {
    for (const registryId of ['a', 'b', 'c'])
      registry.feed.push({ registryId, version: 1, state: 'available' });
    await subscriber.catchUp();
    expect(copies.digest().records).toBe(3);
    await open();
    expect(copies.cursor).toBe('3');
    registry.feed.push({ registryId: 'b', version: 2, state: 'withdrawn' });
    await subscriber.catchUp();
    expect(copies.digest().records).toBe(2);
    expect(registry.acknowledged).toEqual(['b 2']);
  });

  it('goes on where its copies are, and from the start where there are none', async () => {
    const groups: string[] = [];
    const nowhere = {
      ...createMemoryExchange(),
      consume: ({ group }: ExchangeConsumeOptions) => {
        groups.push(group);
        return { stop: () => Promise.resolve() };
      },
    };
    subscriber.consume(nowhere, 'org-1');
    await open();
    subscriber.consume(nowhere, 'org-1');
    rmSync(folder, { recursive: true });
    await open();
    subscriber.consume(nowhere, 'org-1');
    expect(groups[1]).toBe(groups[0]);
    expect(groups[2]).not.toBe(groups[0]);
  });

  it('reads its own topic, and everything anew when it does not have what it should', async () => {
    const exchange = createMemoryExchange();
    const trouble: unknown[] = [];
    const consumption = subscriber.consume(exchange, 'org-1', (error) => void trouble.push(error));
    // Neither says anything that counts, nor stands in the way of what does.
    await exchange.publish(TOPIC, [
      {
        id: 'no id',
        type: 'RecordAvailable',
        time: '',
        key: '../a',
        data: { registryId: '../a', version: 1 },
      },
      { id: 'no event', type: 'RecordWithdrawn', time: '', key: 'a', data: undefined },
    ]);
    const publish = (topic: string, { type, data }: ReturnType<typeof available | typeof withdrawn>) =>
      exchange.publish(topic, [
        { id: `${type} ${data.registryId} ${data.version}`, type, time: '', key: data.registryId, data },
      ]);
    await publish(TOPIC, available('a', 1));
    await publish('subscriber.org-10.records.v1', available('x', 1));
    // Lost on its way to this one.
    registry.feed.push(
      { registryId: 'a', version: 1, state: 'available' },
      { registryId: 'b', version: 1, state: 'available' },
    );
    const expected = { records: 2, digest: 'other' };
    await exchange.publish(TOPIC, [
      {
        id: 'r',
        type: 'RecordsReconciled',
        time: '',
        key: '2026-03-02',
        data: { day: '2026-03-02', ...expected },
      },
    ]);
    const until = performance.now() + 5_000;
    while (copies.get('b') === undefined && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 2));
    await consumption.stop();
    expect(copies.get('b')).toMatchObject({ version: 1 });
    expect(copies.get('x')).toBeUndefined();
    expect(trouble).toEqual([expect.any(UnusableId), expect.any(ContractViolation)]);

    registry.digestOf = () => copies.digest();
    expect(await subscriber.reconcile()).toBe(true);
    // A digest of long ago is no reason to read everything: the registry is asked first.
    const before = registry.read;
    await subscriber.handle({ type: 'RecordsReconciled', data: { day: '2026-03-01', ...expected } });
    expect([registry.read, reconciled.at(-1)]).toEqual([before, '2026-03-01 true']);
    registry.digestOf = () => expected;
    expect(await subscriber.reconcile()).toBe(false);
  });
});
