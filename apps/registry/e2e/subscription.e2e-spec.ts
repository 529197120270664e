import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { enrol, registerClient } from './enrolment.js';
import { Facts } from './facts.js';
import { apply, type FormPerson } from './help-desk.js';
import { eventually, RegistryProcess, temporaryFolder, type Answer } from './registry-process.js';
import { STORES, type StoreUnderTest } from './stores.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(90_000);

const LAKESIDE = 'demo-lakeside-clinic';
const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const PRAIRIE_CLIENT = 'd0000000-0000-4000-8000-000000000012';
const HELP_DESK = 'demo-help-desk';
const ADMINISTRATOR = 'demo-administrator';

const SAMPLE = join(__dirname, '../../sample-subscriber/dist/main.js');

interface Entry {
  readonly registryId: string;
  readonly version: number;
  readonly state: 'available' | 'withdrawn';
}

interface Page {
  readonly records: Entry[];
  readonly next?: string;
}

describe.each(STORES)('A subscriber, on $name', ({ available, make }: StoreUnderTest) => {
  const when = available ? it : it.skip;
  const folder = temporaryFolder();
  let stored: Awaited<ReturnType<StoreUnderTest['make']>>;
  let registry: RegistryProcess;
  let messages = 0;
  let born = 0;

  beforeAll(async () => {
    if (!available) return;
    stored = await make();
    registry = await RegistryProcess.start({ DATA_DIR: folder.path, ...stored.environment });
  });
  afterAll(async () => {
    if (!available) return;
    await registry.stop();
    await stored.remove();
    folder.remove();
  });

  const submit = async (as: string, person: FormPerson, mrn = `${as}-${person.family}`): Promise<void> => {
    messages += 1;
    const controlId = `SUB${messages}`;
    const hl7 = vxu({
      controlId,
      facility: as === LAKESIDE ? 'LAKE' : 'PRAIRIE',
      mrn,
      ...person,
      orderNumber: controlId,
      administeredOn: '2024-05-05',
      lot: `LOT${messages}`,
    });
    const { body } = await registry.request('POST', '/hl7', { as, hl7 });
    expect(acknowledgedAs(body, controlId)).toBe('AA');
  };

  const subscribe = (json: object, id = PRAIRIE_ID, as = ADMINISTRATOR) =>
    registry.request('PUT', `/subscription/organizations/${id}`, { as, json });
  const page = async (after?: string, as = PRAIRIE): Promise<Page> => {
    const query = after === undefined ? '' : `?after=${after}`;
    const answer = await registry.request('GET', `/subscription/records${query}`, { as });
    if (answer.status !== 200) throw new Error(`Records answered ${answer.status}`);
    return answer.json() as Page;
  };
  /** All that the feed says now. */
  const everything = async (): Promise<Entry[]> => {
    const records: Entry[] = [];
    for (let after: string | undefined; ;) {
      const { records: more, next } = await page(after);
      records.push(...more);
      if (more.length === 0 || next === undefined) return records;
      after = next;
    }
  };
  const read = (registryId: string): Promise<Answer> =>
    registry.request('GET', `/persons/${registryId}`, { as: PRAIRIE, purpose: 'treatment' });
  const acknowledge = (registryId: string, version: number, as = PRAIRIE): Promise<Answer> =>
    registry.request('POST', '/subscription/withdrawals', { as, json: { registryId, version } });

  /** Somebody whom the subscriber newly serves; resolves with its id when it is offered and can be fetched. */
  const offered = async (person: FormPerson): Promise<string> => {
    const before = new Set((await everything()).map(({ registryId }) => registryId));
    await submit(PRAIRIE, person);
    const entries = await eventually(everything, (all) =>
      all.some(({ registryId }) => !before.has(registryId)),
    );
    const found = entries.find(({ registryId }) => !before.has(registryId));
    if (found === undefined) throw new Error('Not offered');
    expect(found).toMatchObject({ version: 1, state: 'available' });
    expect((await read(found.registryId)).status).toBe(200);
    return found.registryId;
  };
  const entryOf = (id: string, version: number): Promise<Entry | undefined> =>
    eventually(
      async () => (await everything()).find(({ registryId }) => registryId === id),
      (entry) => (entry?.version ?? 0) >= version,
    );
  /** Born on a day of its own: nobody is perhaps somebody else. */
  const person = (family: string): FormPerson => {
    born += 1;
    return { family, given: 'Nora', birthDate: `2019-05-${10 + born}` };
  };

  when(
    'is registered by an administrator, for a purpose of its agreement and a client that reads',
    async () => {
      const good = { purpose: 'treatment', clientId: PRAIRIE_CLIENT };
      expect((await subscribe(good, PRAIRIE_ID, PRAIRIE)).status).toBe(403);
      expect((await subscribe({ ...good, purpose: 'fishing' })).status).toBe(400);
      expect((await subscribe({ ...good, more: 1 })).status).toBe(400);
      const submitter = await registerClient(registry, PRAIRIE_ID, ['submitter']);
      const refusals = [
        await subscribe(good, randomUUID()),
        await subscribe({ ...good, purpose: 'school' }),
        await subscribe({ ...good, clientId: randomUUID() }),
        await subscribe({ ...good, clientId: 'd0000000-0000-4000-8000-000000000011' }),
        await subscribe({ ...good, clientId: submitter.clientId }),
      ];
      expect(refusals.map(({ status, json }) => [status, (json() as { code: string }).code])).toEqual([
        [404, 'SUBSCRIPTION.ORGANIZATION_UNKNOWN'],
        [422, 'SUBSCRIPTION.PURPOSE_NOT_FOR_CATEGORY'],
        [404, 'SUBSCRIPTION.CLIENT_UNKNOWN'],
        [404, 'SUBSCRIPTION.CLIENT_UNKNOWN'],
        [422, 'SUBSCRIPTION.CLIENT_DOES_NOT_READ_ALONE'],
      ]);
      expect((await registry.request('GET', '/subscription/records', { as: PRAIRIE })).status).toBe(404);
      for (let times = 0; times < 2; times += 1) {
        const answer = await subscribe(good);
        expect(answer.json()).toEqual({ organizationId: PRAIRIE_ID, ...good, status: 'active' });
      }
      // For another client, of the same organization too, there is none.
      const second = await registerClient(registry, PRAIRIE_ID, ['reader']);
      for (const as of [LAKESIDE, second.key]) {
        for (const path of ['records', 'reconciliation'])
          expect((await registry.request('GET', `/subscription/${path}`, { as })).status).toBe(404);
        expect((await acknowledge(randomUUID(), 1, as)).status).toBe(404);
      }
      expect((await registry.request('GET', '/subscription/records?after=x', { as: PRAIRIE })).status).toBe(
        400,
      );
    },
  );

  when('cannot tell one cause of a withdrawal from another', async () => {
    const causes: Record<
      string,
      () => Promise<{ readonly id: string; readonly undo?: () => Promise<unknown> }>
    > = {
      lock: async () => {
        const who = person('Sublock');
        const id = await offered(who);
        await apply(registry, { change: 'lock', holder: LAKESIDE_ID }, who);
        return { id, undo: () => apply(registry, { change: 'unlock' }, who) };
      },
      'opt-out': async () => {
        const who = person('Suboptout');
        const id = await offered(who);
        await apply(registry, { change: 'opt-out' }, who);
        return { id, undo: () => apply(registry, { change: 'opt-in' }, who) };
      },
      'ended relationship': async () => {
        const who = person('Subended');
        const id = await offered(who);
        const path = `/directory/organizations/${PRAIRIE_ID}/relationships/${id}/end`;
        const ended = await registry.request('POST', path, {
          as: ADMINISTRATOR,
          json: { reason: 'asked-by-person' },
        });
        expect(ended.status).toBe(200);
        return { id, undo: () => submit(PRAIRIE, who) };
      },
      merge: async () => {
        const locked: FormPerson = { family: 'Submerge', given: 'William', birthDate: '2018-03-13' };
        await submit(LAKESIDE, locked);
        await eventually(
          () =>
            registry.request('POST', '/persons/search', {
              as: LAKESIDE,
              purpose: 'treatment',
              json: { name: locked },
            }),
          (answer) => (answer.json() as { persons: unknown[] }).persons.length === 1,
        );
        await apply(registry, { change: 'lock', holder: LAKESIDE_ID }, locked);
        // Perhaps the same: its submitter alone reads it until somebody has looked.
        const id = await offered({ ...locked, given: 'Bill' });
        const { reviews } = await eventually(
          async () =>
            (await registry.request('GET', '/reviews', { as: HELP_DESK })).json() as {
              reviews: { reviewId: string }[];
            },
          (answer) => answer.reviews.length === 1,
        );
        const review = `/reviews/${reviews[0]?.reviewId ?? ''}`;
        await registry.request('POST', `${review}/open`, { as: HELP_DESK, json: {} });
        const decided = await registry.request('POST', `${review}/decide`, {
          as: HELP_DESK,
          json: { decision: 'same', candidate: 0 },
        });
        expect(decided.json()).toMatchObject({ status: 'merged' });
        return { id };
      },
    };
    const transcripts: string[] = [];
    const undone: { id: string; undo: () => Promise<unknown> }[] = [];
    for (const happen of Object.values(causes)) {
      const { id, undo } = await happen();
      const entry = await entryOf(id, 2);
      const answers = [
        await read(id),
        await acknowledge(id, 1),
        await acknowledge(id, 2),
        await acknowledge(id, 2),
        await acknowledge(id, 3),
      ];
      const told = answers.map(({ status, headers, body }) => ({ status, headers, body }));
      transcripts.push(JSON.stringify([entry, told]).replaceAll(id, 'ID'));
      if (undo !== undefined) undone.push({ id, undo });
    }
    expect(new Set(transcripts).size).toBe(1);
    const [transcript = ''] = transcripts;
    expect(JSON.parse(transcript)).toMatchObject([
      { registryId: 'ID', version: 2, state: 'withdrawn' },
      [{ status: 404 }, { status: 404 }, { status: 200 }, { status: 200 }, { status: 404 }],
    ]);
    // What may be seen again is offered again.
    for (const { id, undo } of undone) {
      await undo();
      expect(await entryOf(id, 3)).toMatchObject({ state: 'available' });
      expect((await read(id)).status).toBe(200);
    }
    // Nobody's id is answered as that of somebody with nothing to acknowledge.
    const nobody = await acknowledge(randomUUID(), 2);
    const nothing = await acknowledge(undone[0]?.id ?? '', 2);
    expect([nobody.status, nobody.body]).toEqual([404, nothing.body]);
  });

  when('is told again when a record grows, and after a restart goes on where it was', async () => {
    const who = person('Subgrows');
    const id = await offered(who);
    const { next } = await page((await lastCursor()) ?? '');
    await submit(PRAIRIE, who);
    expect(await entryOf(id, 2)).toMatchObject({ version: 2, state: 'available' });
    expect((await page(next)).records).toEqual([{ registryId: id, version: 2, state: 'available' }]);
    await registry.stop('SIGKILL');
    registry = await RegistryProcess.start({ DATA_DIR: folder.path, ...stored.environment });
    await registry.ready();
    expect((await page(next)).records).toEqual([{ registryId: id, version: 2, state: 'available' }]);
  });

  const lastCursor = async (): Promise<string | undefined> => {
    let cursor: string | undefined;
    for (let records = 1; records > 0;) {
      const { records: more, next } = await page(cursor);
      records = more.length;
      cursor = next;
    }
    return cursor;
  };

  when('can compare what it has with what it should have', async () => {
    const mine = (await everything())
      .filter(({ state }) => state === 'available')
      .sort((a, b) => (a.registryId < b.registryId ? -1 : 1));
    expect(mine.length).toBeGreaterThan(2);
    const digest = createHash('sha256');
    for (const { registryId, version } of mine) digest.update(`${registryId} ${version}\n`);
    const answer = await registry.request('GET', '/subscription/reconciliation', { as: PRAIRIE });
    expect(answer.json()).toEqual({
      day: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as unknown,
      records: mine.length,
      digest: digest.digest('hex'),
    });
  });

  when('keeps copies as the sample does, and deletes what is withdrawn', async () => {
    const copies = temporaryFolder();
    const run = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [SAMPLE], {
        env: {
          REGISTRY_URL: registry.url,
          REGISTRY_KEY: PRAIRIE,
          PURPOSE: 'treatment',
          COPIES_DIR: copies.path,
        },
      });
      return JSON.parse(stdout) as { records: number; isWhole: boolean };
    };
    const copyOf = (id: string) => readFileSync(join(copies.path, `${id}.json`), 'utf8');
    const who = person('Subcopied');
    const id = await offered(who);
    const first = await run();
    expect(first.isWhole).toBe(true);
    expect(copyOf(id)).toContain('Subcopied');
    await apply(registry, { change: 'opt-out' }, who);
    await entryOf(id, 2);
    expect(await run()).toEqual({ records: first.records - 1, isWhole: true });
    expect(JSON.parse(copyOf(id))).toEqual({
      registryId: id,
      version: 2,
      state: 'withdrawn',
      acknowledged: true,
    });
    copies.remove();
  });

  when('has no overdue withdrawal on its first day, and that is measured', async () => {
    const path = '/subscription/withdrawals/overdue';
    expect((await registry.request('GET', path, { as: PRAIRIE })).status).toBe(403);
    expect((await registry.request('GET', path, { as: ADMINISTRATOR })).json()).toEqual({
      organizations: [],
    });
    const { body } = await registry.request('GET', '/metrics', {});
    expect(body).toContain('# TYPE registry_overdue_withdrawals gauge');
    expect(body).toMatch(/registry_consumer_behind\{group="query-subscriptions"/);
    expect(body).toMatch(/registry_dead_letters\b/);
    expect(body).not.toMatch(/registry_dead_letters\{/);
  });

  when('has everything withdrawn when the subscription or the agreement ends', async () => {
    const { organizationId, clientId, key } = await enrol(registry, {
      category: 'provider',
      purposes: ['treatment'],
      roles: ['submitter', 'reader'],
    });
    const start = () =>
      subscribe({ purpose: 'treatment', clientId }, organizationId).then((answer) =>
        expect(answer.status).toBe(200),
      );
    // Served before there was a subscription.
    await submit(key, person('Subearlier'));
    await start();
    const only = (state: string, version: number) =>
      eventually(
        () => page(undefined, key),
        ({ records }) =>
          records.length === 1 && records[0]?.state === state && records[0].version === version,
        // What ended is looked for every few seconds.
        20_000,
      );
    await only('available', 1);
    const end = await registry.request('DELETE', `/subscription/organizations/${organizationId}`, {
      as: ADMINISTRATOR,
    });
    expect(end.json()).toMatchObject({ status: 'ended' });
    await only('withdrawn', 2);
    await start();
    await only('available', 3);
    await registry.request('POST', `/directory/organizations/${organizationId}/agreement/end`, {
      as: ADMINISTRATOR,
    });
    await only('withdrawn', 4);
    const unknown = await registry.request('DELETE', `/subscription/organizations/${LAKESIDE_ID}`, {
      as: ADMINISTRATOR,
    });
    expect(unknown.status).toBe(404);
  });

  when('has left nothing of anybody in what is stored about it, and no cause', async () => {
    const facts = await Facts.open(folder.path, stored.environment);
    const events = (await facts.all()).filter(({ stream }) => /^subscri(bed|ption)-/.test(stream));
    await facts.close();
    const text = JSON.stringify(events);
    expect(events.length).toBeGreaterThan(10);
    expect(text).not.toMatch(/Sub(lock|optout|ended|merge|grows|copied|earlier)|LOT\d|optedOut|asked-by/);
    expect(registry.printed).not.toMatch(/Sub(lock|optout|ended|merge|grows|copied|earlier)/);
  });
});
