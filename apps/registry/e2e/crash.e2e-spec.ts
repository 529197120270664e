import { join } from 'node:path';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { hmac, openKeyRing, openSqliteContentKeys, type KeyRing } from '@registry/content-keys';
import type { RecordedEvent } from '@registry/event-store';
import { filesHolding } from './data-files.js';
import { Facts } from './facts.js';
import { apply, approve, statusOf, verifiedRequest } from './help-desk.js';
import { inTurns } from './in-turns.js';
import { decided, eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { seededRandom } from './seeded-random.js';
import { STORES } from './stores.js';
import { acknowledgedAs, vxu, withoutOwnIds, type VxuValues } from './vxu-messages.js';

const LONG = process.env['LONG_TESTS'] === '1';
const SEED = Number(process.env['CRASH_SEED'] ?? '20260105');

jest.setTimeout(LONG ? 1_200_000 : 300_000);

const LAKESIDE = 'demo-lakeside-clinic';
const LAKESIDE_CLIENT = 'd0000000-0000-4000-8000-000000000011';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const FACILITY = 'LAKESIDE';

interface Person {
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

interface Released {
  readonly doses: readonly { readonly lot?: string }[];
}

/** Persons and messages that no other has; some persons get several doses. */
class Population {
  private readonly persons: { readonly person: Person; doses: number }[] = [];
  private messages = 0;

  constructor(
    private readonly random: (from: number, to: number) => number,
    private readonly name: string,
  ) {}

  newPerson(): Person {
    const index = this.persons.length;
    const person = {
      mrn: `${this.name}${index}`,
      family: `Crash${letters(index)}`,
      given: `Anna${letters(index)}`,
      birthDate: date('2001-01-01', index % 5_000),
    };
    this.persons.push({ person, doses: 0 });
    return person;
  }

  nextMessage(): VxuValues {
    const known = this.persons.length > 0 && this.random(1, 3) === 1;
    const person = known ? this.pickRecent() : this.newPerson();
    return this.messageOf(person);
  }

  messageOf(person: Person): VxuValues {
    const entry = this.persons.find((candidate) => candidate.person === person);
    if (entry === undefined) throw new Error('Not of this population');
    const number = (this.messages += 1);
    const dose = (entry.doses += 1);
    return {
      ...person,
      facility: FACILITY,
      controlId: `${this.name}-C${number}`,
      orderNumber: `${this.name}-O${number}`,
      lot: `${this.name}-L${number}-`,
      administeredOn: date('2010-01-01', dose * 40),
    };
  }

  get lastLot(): string {
    return `${this.name}-L${this.messages}-`;
  }

  private pickRecent(): Person {
    const from = Math.max(0, this.persons.length - 8);
    const entry = this.persons[this.random(from, this.persons.length - 1)];
    return entry?.person ?? this.newPerson();
  }
}

const letters = (index: number): string =>
  [...String(index)].map((digit) => String.fromCharCode(97 + Number(digit))).join('');

const date = (from: string, days: number): string =>
  new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);

const search = async (
  registry: RegistryProcess,
  { mrn }: Pick<Person, 'mrn'>,
): Promise<readonly Released[]> => {
  const answer = await decided(() =>
    registry.request('POST', '/persons/search', {
      as: LAKESIDE,
      purpose: 'treatment',
      json: { identifier: { authority: FACILITY, value: mrn } },
    }),
  );
  if (answer.status !== 200) throw new Error(`Search answered ${answer.status} ${answer.body}`);
  return (answer.json() as { persons: Released[] }).persons;
};

/** Posts a message; its ACK, or undefined if no whole answer came: then the sender knows nothing. */
const post = async (registry: RegistryProcess, message: VxuValues): Promise<string | undefined> => {
  const answer = await registry
    .request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(message) })
    .catch(() => undefined);
  if (answer === undefined) return undefined;
  if (answer.status !== 200) throw new Error(`Posted, and answered ${answer.status} ${answer.body}`);
  expect(acknowledgedAs(answer.body, message.controlId)).toMatch(/^A[AE]$/);
  return answer.body;
};

/** As a real sender: again and again, until an answer comes. */
const postUntilAcknowledged = async (registry: RegistryProcess, message: VxuValues): Promise<string> => {
  const ack = await eventually(
    () => post(registry, message),
    (answer) => answer !== undefined,
  );
  return ack ?? '';
};

const controlIdHash = (keys: KeyRing, controlId: string): string =>
  hmac(keys.current('submission-id').key, 'control-id', LAKESIDE_CLIENT, controlId);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const receiptsOf = (events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> => {
  const receipts = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (event.type !== 'SubmissionReceived') continue;
    const name = textOf(event.data['controlIdHash']);
    receipts.set(name, [...(receipts.get(name) ?? []), event]);
  }
  return receipts;
};

for (const store of STORES) {
  (store.available ? describe : describe.skip)(
    `Killed at a random moment of ingest, on ${store.name}`,
    () => {
      const folder = temporaryFolder();
      const random = seededRandom(SEED);
      const population = new Population(random, 'ING');
      let registry: RegistryProcess;
      let facts: Facts;
      let keys: KeyRing;
      /** By control id, over all rounds. */
      const acknowledged = new Map<string, { readonly message: VxuValues; readonly ack: string }>();
      let remove: () => Promise<void>;
      let environment: Record<string, string>;
      const start = () => RegistryProcess.start(environment);

      beforeAll(async () => {
        const made = await store.make();
        remove = made.remove;
        environment = { DATA_DIR: folder.path, ...made.environment };
        registry = await start();
        facts = await Facts.open(folder.path, environment);
        keys = await openKeyRing(join(folder.path, 'keys'));
      });

      afterAll(async () => {
        await facts.close();
        await registry.stop();
        await remove();
        folder.remove();
      });

      /** Senders that post until the program is gone, each message of some twice at once. */
      const sendUntilKilled = async (killAfter: number) => {
        const outcomes: { readonly message: VxuValues; readonly ack: string | undefined }[] = [];
        let alive = true;
        const sender = async () => {
          while (alive) {
            const message = population.nextMessage();
            const copies = random(1, 4) === 1 ? 2 : 1;
            const acks = await Promise.all(Array.from({ length: copies }, () => post(registry, message)));
            outcomes.push({ message, ack: acks.find((ack) => ack !== undefined) });
          }
        };
        const senders = Array.from({ length: 12 }, sender);
        await pause(killAfter);
        await registry.stop('SIGKILL');
        alive = false;
        await Promise.all(senders);
        return outcomes;
      };

      const expectReadableOnce = (messages: readonly VxuValues[]): Promise<void> =>
        inTurns(messages, 8, async (message) => {
          const persons = await eventually(
            () => search(registry, message),
            (found) => found.some(({ doses }) => doses.some(({ lot }) => lot === message.lot)),
          );
          expect(persons).toHaveLength(1);
          expect(persons[0]?.doses.filter(({ lot }) => lot === message.lot)).toHaveLength(1);
        });

      const expectStoredOnce = async (messages: readonly VxuValues[]): Promise<void> => {
        const events = await facts.all();
        const receipts = receiptsOf(events);
        const links = new Map<string, string[]>();
        for (const { type, data } of events) {
          if (type !== 'SubmissionLinked') continue;
          const submissionId = textOf(data['submissionId']);
          links.set(submissionId, [...(links.get(submissionId) ?? []), textOf(data['personId'])]);
        }
        const personsByMrn = new Map<string, Set<string>>();
        for (const { controlId, mrn } of messages) {
          const received = receipts.get(controlIdHash(keys, controlId)) ?? [];
          expect({ controlId, received: received.length }).toEqual({ controlId, received: 1 });
          const submissionId = received[0]?.stream.slice('submission-'.length) ?? '';
          const linked = links.get(submissionId) ?? [];
          expect({ controlId, linked: linked.length }).toEqual({ controlId, linked: 1 });
          const persons = personsByMrn.get(mrn) ?? new Set();
          personsByMrn.set(mrn, persons.add(linked[0] ?? ''));
        }
        for (const [mrn, persons] of personsByMrn)
          expect({ mrn, persons: persons.size }).toEqual({ mrn, persons: 1 });
        const registered = events.filter(({ type }) => type === 'PersonRegistered');
        expect(registered).toHaveLength(personsByMrn.size);
        const opened = events.filter(({ type }) => type === 'PrivacyOpened');
        expect(opened).toHaveLength(personsByMrn.size);
      };

      it(`keeps what it acknowledged, exactly once (seed ${SEED})`, async () => {
        const rounds = LONG ? 50 : store.name === 'SQLite' ? 5 : 3;
        let unanswered = 0;
        for (let round = 1; round <= rounds; round += 1) {
          const outcomes = await sendUntilKilled(random(20, 250));
          registry = await start();
          if (random(1, 3) === 1) {
            // Down again while it catches up.
            await pause(random(0, 60));
            await registry.stop('SIGKILL');
            registry = await start();
          }
          const answered = outcomes.flatMap(({ message, ack }) =>
            ack === undefined ? [] : [{ message, ack }],
          );
          const lost = outcomes.flatMap(({ message, ack }) => (ack === undefined ? [message] : []));
          unanswered += lost.length;
          await expectReadableOnce(answered.map(({ message }) => message));
          for (const entry of answered) acknowledged.set(entry.message.controlId, entry);

          // What was acknowledged is known: the same answer, nothing stored.
          const before = receiptsOf(await facts.all()).size;
          for (const { message, ack } of answered.slice(-5)) {
            expect(withoutOwnIds(await postUntilAcknowledged(registry, message))).toBe(withoutOwnIds(ack));
          }
          expect(receiptsOf(await facts.all()).size).toBe(before);

          // What was not is sent again, whether it had been stored or not.
          await inTurns(lost, 8, async (message) => {
            acknowledged.set(message.controlId, {
              message,
              ack: await postUntilAcknowledged(registry, message),
            });
          });
          await expectReadableOnce(lost);
          await expectStoredOnce([...acknowledged.values()].map(({ message }) => message));
        }
        const letters = await registry.request('GET', '/dead-letters', { as: 'demo-administrator' });
        expect(letters.json()).toEqual({ deadLetters: [] });
        // The kills did come in the middle.
        expect(unanswered).toBeGreaterThan(0);
        process.stderr.write(
          `crash on ${store.name}: ${rounds} kills, ${acknowledged.size} messages acknowledged, ${unanswered} of them sent again\n`,
        );
      });
    },
  );
}

describe('Killed in the middle of a privacy decision', () => {
  const folder = temporaryFolder();
  const random = seededRandom(SEED + 1);
  const population = new Population(random, 'PRI');
  let registry: RegistryProcess;
  let facts: Facts;
  // Several processes: an approval takes a second then, and the moments within it can be hit.
  const start = (processes: 'one' | 'several' = 'several') =>
    RegistryProcess.start({ DATA_DIR: folder.path, GATE_PROCESSES: processes });

  beforeAll(async () => {
    registry = await start();
    facts = await Facts.open(folder.path);
  });

  afterAll(async () => {
    await facts.close();
    await registry.stop();
    folder.remove();
  });

  const readablePerson = async (): Promise<Person> => {
    const person = population.newPerson();
    await postUntilAcknowledged(registry, population.messageOf(person));
    await eventually(
      () => search(registry, person),
      (found) => found.length === 1,
    );
    return person;
  };

  /** Resolves as soon as such a fact is there. */
  const fact = async (is: (event: RecordedEvent) => boolean): Promise<void> => {
    const deadline = performance.now() + 10_000;
    let { events, position } = await facts.since(undefined);
    while (!events.some(is)) {
      if (performance.now() > deadline) throw new Error('That never became a fact');
      await turn();
      ({ events, position } = await facts.since(position));
    }
  };

  const byRequest = (requestId: string, type: string) => (event: RecordedEvent) =>
    event.type === type && JSON.stringify(event).includes(requestId);

  const expectApplied = async (requestId: string, person: Person): Promise<void> => {
    await eventually(
      () => statusOf(registry, requestId),
      (status) => status === 'applied',
      20_000,
    );
    expect(await search(registry, person)).toEqual([]);
    const events = await facts.all();
    for (const type of ['RecordLocked', 'PrivacyRequestApproved', 'PrivacyRequestApplied']) {
      expect({ type, times: events.filter(byRequest(requestId, type)).length }).toEqual({ type, times: 1 });
    }
  };

  it.each(['PrivacyRequestApproved', 'RequestResolved', 'RecordLocked'])(
    'right after %s: the request is applied by itself, and the lock holds',
    async (type) => {
      const person = await readablePerson();
      const requestId = await verifiedRequest(registry, { change: 'lock', holder: PRAIRIE_ID }, person);
      const approval = approve(registry, requestId).catch(() => 'no answer');
      await fact(byRequest(requestId, type));
      await registry.stop('SIGKILL');
      expect(await approval).toBe('no answer');
      registry = await start();
      await expectApplied(requestId, person);
    },
  );

  it('at a random moment of an approval: an unanswered one is approved again, and the lock holds', async () => {
    for (let round = 1; round <= (LONG ? 20 : 3); round += 1) {
      const person = await readablePerson();
      const requestId = await verifiedRequest(registry, { change: 'lock', holder: PRAIRIE_ID }, person);
      const approval = approve(registry, requestId).catch(() => 'no answer');
      await pause(random(0, 12));
      await registry.stop('SIGKILL');
      const answer = await approval;
      registry = await start('one');
      // An approval that was acknowledged holds from the first request on.
      if (answer === 'applied') expect(await search(registry, person)).toEqual([]);
      if ((await statusOf(registry, requestId)) === 'verified') await approve(registry, requestId);
      await expectApplied(requestId, person);
    }
  });

  it('after an opt-out: what comes later is suppressed, and its content destroyed to the last byte', async () => {
    const keys = await openKeyRing(join(folder.path, 'keys'));
    const suppressed: VxuValues[] = [];
    const openPerson = population.newPerson();
    const open = population.messageOf(openPerson);
    await postUntilAcknowledged(registry, open);

    for (let round = 1; round <= (LONG ? 20 : 4); round += 1) {
      const person = await readablePerson();
      await apply(registry, { change: 'opt-out' }, person);
      const later = Array.from({ length: 6 }, () => population.messageOf(person));
      const posting = Promise.all(later.map((message) => post(registry, message)));
      // Somewhere between the first receipt and the last destruction.
      await fact(({ type, data }) =>
        round % 2 === 0
          ? type === 'SubmissionSuppressed'
          : type === 'SubmissionReceived' &&
            later.some(({ controlId }) => data['controlIdHash'] === controlIdHash(keys, controlId)),
      );
      await pause(random(0, 10));
      await registry.stop('SIGKILL');
      const acks = await posting;
      registry = await start('one');
      for (const [index, message] of later.entries()) {
        if (acks[index] === undefined) await postUntilAcknowledged(registry, message);
      }
      suppressed.push(...later);
      expect(await search(registry, person)).toEqual([]);
    }

    const streams = await eventually(
      async () => {
        const events = await facts.all();
        const receipts = receiptsOf(events);
        return suppressed.map(({ controlId }) => {
          const received = receipts.get(controlIdHash(keys, controlId)) ?? [];
          return received.map(({ stream }) => ({
            stream,
            types: events.filter((event) => event.stream === stream).map(({ type }) => type),
          }));
        });
      },
      (found) => found.every((each) => each.every(({ types }) => types.includes('ContentDestroyed'))),
    );
    for (const each of streams) {
      // A resubmission of what was destroyed cannot be told from another message: it may be there more than once, destroyed each time.
      expect(each.length).toBeGreaterThan(0);
      for (const { types } of each)
        expect(types).toEqual(['SubmissionReceived', 'SubmissionSuppressed', 'ContentDestroyed']);
    }
    await eventually(
      () => search(registry, openPerson),
      (found) => found.length === 1,
    );
    expect(await registry.stop()).toBe(0);

    const contentKeys = await openSqliteContentKeys({ file: join(folder.path, 'keys.db') });
    const left = await contentKeys.getMany(streams.flat().map(({ stream }) => stream));
    await contentKeys.close();
    expect([...left.keys()]).toEqual([]);
    // An open record is found in clear where it may be, so the search does find.
    expect(filesHolding(folder.path, open.lot)).toContainEqual(expect.stringMatching(/^read-query\.db/));
    for (const { lot } of suppressed)
      expect({ lot, files: filesHolding(folder.path, lot) }).toEqual({ lot, files: [] });
    registry = await start('one');
  });

  it('after an opt-out: doses from before it are sealed again, and the log of the read model lets go of them', async () => {
    const person = await readablePerson();
    const lot = population.lastLot;
    expect(filesHolding(folder.path, lot)).not.toEqual([]);
    await apply(registry, { change: 'opt-out' }, person);
    await eventually(
      () => Promise.resolve(filesHolding(folder.path, lot).filter((file) => file.endsWith('-wal'))),
      (logs) => logs.length === 0,
    );
    // What a crash leaves is cleared by the next start.
    const another = await readablePerson();
    const anotherLot = population.lastLot;
    const requestId = await verifiedRequest(registry, { change: 'opt-out' }, another);
    const approval = approve(registry, requestId).catch(() => 'no answer');
    await fact(byRequest(requestId, 'OptedOut'));
    await registry.stop('SIGKILL');
    await approval;
    registry = await start('one');
    await eventually(
      () => Promise.resolve(filesHolding(folder.path, anotherLot).filter((file) => file.endsWith('-wal'))),
      (logs) => logs.length === 0,
    );
    expect(await search(registry, another)).toEqual([]);
  });
});
