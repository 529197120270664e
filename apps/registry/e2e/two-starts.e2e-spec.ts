import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { verifiedRequest } from './help-desk.js';
import { decided, eventually, RegistryProcess, temporaryFolder, type Answer } from './registry-process.js';
import { acknowledgedAs, vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';

const CLARA: VxuValues = {
  controlId: 'START-1',
  facility: 'LAKESIDE',
  mrn: 'START-MRN-1',
  family: 'Starter',
  given: 'Clara',
  birthDate: '2010-10-10',
  orderNumber: 'START-ORD-1',
  administeredOn: '2015-05-05',
  lot: 'START-LOT',
};

const search = (registry: RegistryProcess): Promise<Answer> =>
  registry.request('POST', '/persons/search', {
    as: LAKESIDE,
    purpose: 'treatment',
    json: { identifier: { authority: CLARA.facility, value: CLARA.mrn } },
  });

const foundIn = async (registry: RegistryProcess): Promise<Answer> =>
  eventually(
    () => search(registry),
    (answer) => (answer.json() as { persons: unknown[] }).persons.length === 1,
  );

const linesOf = (printed: string): string[] => printed.split('\n').filter((line) => line !== '');

/** What is under way may take 3.5 s of it; the rest is for a slow machine: only what hangs shall fail. */
const STOPPED_WITHIN_MS = 3_500 + 10_000;

const STACK = /^\s+at |node:internal|node_modules|\.js:\d+/m;

describe('A second start on the same folder', () => {
  const folder = temporaryFolder();
  let first: RegistryProcess;

  beforeAll(async () => {
    first = await RegistryProcess.start({ DATA_DIR: folder.path });
  });
  afterAll(async () => {
    await first.stop();
    folder.remove();
  });

  it('fails fast with one clear line, and the first goes on undisturbed', async () => {
    await first.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(CLARA) });
    await foundIn(first);
    // Under load, so that a disturbance would show.
    let asking = true;
    const statuses = new Set<number>();
    const reader = async () => {
      while (asking) statuses.add((await search(first)).status);
    };
    const readers = [reader(), reader()];
    const second = await RegistryProcess.runToEnd({ DATA_DIR: folder.path });
    asking = false;
    await Promise.all(readers);
    expect(second.code).toBe(78);
    expect(linesOf(second.printed)).toEqual([
      `Another registry is running on ${folder.path}. Stop it, or set DATA_DIR to another folder.`,
    ]);
    // One that never ends is killed after 20 s.
    expect(second.milliseconds).toBeLessThan(15_000);
    expect([...statuses]).toEqual([200]);
    expect(first.printed).not.toMatch(/"level":(50|40)/);
  });
});

describe('A wrong configuration', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const file = join(folder.path, 'a-file');
  writeFileSync(file, '');

  it.each([
    ['PORT', { PORT: 'eighty' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '-1' }],
    ['EVENT_STORE', { EVENT_STORE: 'oracle' }],
    ['POSTGRES_URL', { EVENT_STORE: 'postgres' }],
    ['POSTGRES_URL', { EVENT_STORE: 'postgres', POSTGRES_URL: 'mysql://root:hidden-word@localhost/x' }],
    ['GATE_PROCESSES', { GATE_PROCESSES: 'many' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['REGISTRY_DEMO', { REGISTRY_DEMO: 'yes' }],
    ['DATA_DIR', { DATA_DIR: file }],
    ['DATA_DIR', { DATA_DIR: join(file, 'within') }],
  ])('of %s is named: %j', async (setting, wrong) => {
    const { code, printed } = await RegistryProcess.runToEnd({
      DATA_DIR: join(folder.path, 'data'),
      ...(wrong as Record<string, string>),
    });
    expect(code).toBe(78);
    expect(linesOf(printed)).toHaveLength(1);
    expect(printed).toMatch(new RegExp(`^Not a valid configuration: ${setting} \\(`));
    expect(printed).not.toMatch(STACK);
    expect(printed).not.toContain('hidden-word');
  });

  it('that only shows when starting is told without a stack: a port in use, a database that is away', async () => {
    const other = await RegistryProcess.start({ DATA_DIR: join(folder.path, 'other') });
    const inUse = await RegistryProcess.runToEnd({
      DATA_DIR: join(folder.path, 'data'),
      PORT: new URL(other.url).port,
      LOG_LEVEL: 'silent',
    });
    expect(inUse.code).toBe(1);
    expect(linesOf(inUse.printed)).toEqual([
      expect.stringMatching(/^Demonstration keys/),
      expect.stringMatching(/^Registry could not start: .*EADDRINUSE/),
    ]);
    await other.stop();

    const away = await RegistryProcess.runToEnd({
      DATA_DIR: join(folder.path, 'data'),
      EVENT_STORE: 'postgres',
      POSTGRES_URL: 'postgresql://somebody:hidden-word@127.0.0.1:1/registry',
      LOG_LEVEL: 'silent',
    });
    expect(away.code).toBe(1);
    expect(linesOf(away.printed)).toHaveLength(1);
    expect(away.printed).not.toMatch(STACK);
    expect(away.printed).not.toContain('hidden-word');
  });
});

describe('A registry without demonstration data', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('prints one administrator key, once in its life, and keeps its data over a stop', async () => {
    const environment = { DATA_DIR: folder.path, REGISTRY_DEMO: '', LOG_LEVEL: 'debug' };
    const first = await RegistryProcess.start(environment);
    const keys = [...first.printed.matchAll(/iis_[\w-]{43}/g)].map(([key]) => key);
    expect(keys).toHaveLength(1);
    const [key = ''] = keys;
    const enrolled = await first.request('POST', '/directory/organizations', {
      as: key,
      json: { name: 'Lakeside', category: 'provider' },
    });
    expect(enrolled.status).toBe(201);
    for (const demo of ['demo-administrator', LAKESIDE, 'demo-help-desk']) {
      expect((await first.request('GET', '/directory/organizations', { as: demo })).status).toBe(401);
    }
    // It is not what the administrator may do: nobody's records.
    const reading = await first.request('GET', '/persons/x', { as: key, purpose: 'treatment' });
    expect(reading.status).toBe(403);
    expect(first.printed.split(key)).toHaveLength(2);
    expect(await first.stop()).toBe(0);

    const second = await RegistryProcess.start(environment);
    expect(second.printed).not.toMatch(/iis_/);
    const listed = await second.request('GET', '/directory/organizations', { as: key });
    expect(listed.status).toBe(200);
    expect(listed.json()).toMatchObject({
      organizations: expect.arrayContaining([expect.objectContaining({ name: 'Lakeside' })]) as unknown,
    });
    expect(await second.stop()).toBe(0);
  });
});

describe('SIGTERM', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;
  afterAll(async () => {
    await registry.stop('SIGKILL');
    folder.remove();
  });

  const stopTimed = async (): Promise<number> => {
    const began = performance.now();
    expect(await registry.stop()).toBe(0);
    return performance.now() - began;
  };

  it('answers the requests that are under way, and keeps what it answered', async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path, GATE_PROCESSES: 'several' });
    await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(CLARA) });
    await foundIn(registry);
    const requestId = await verifiedRequest(registry, { change: 'lock', holder: PRAIRIE_ID }, CLARA);
    // An approval takes a second here, and more than one part of the program. It is under way once one submission after it was answered.
    const approval = registry.request('POST', `/privacy/requests/${requestId}/approve`, {
      as: 'demo-help-desk-2',
    });
    const late = { ...CLARA, controlId: 'START-2', orderNumber: 'START-ORD-2' };
    const ack = await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(late) });
    expect(acknowledgedAs(ack.body, 'START-2')).toMatch(/^A[AE]$/);

    const milliseconds = await stopTimed();
    expect((await approval).json()).toMatchObject({ requestId, status: 'applied' });
    expect(milliseconds).toBeLessThan(STOPPED_WITHIN_MS);

    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    await registry.ready();
    expect((await decided(() => search(registry))).json()).toEqual({ persons: [] });
  });

  it('does not wait for a connection that says nothing more, nor for one that stays open', async () => {
    const { hostname, port } = new URL(registry.url);
    // Half a request, and it stays so.
    const half = httpRequest({
      hostname,
      port,
      path: '/hl7',
      method: 'POST',
      headers: {
        authorization: `Bearer ${LAKESIDE}`,
        'content-type': 'application/hl7-v2',
        'content-length': '1000',
      },
    });
    const cut = new Promise<void>((resolve) =>
      half.once('error', () => resolve()).once('response', () => resolve()),
    );
    half.write('MSH|');
    // A connection without a request.
    const silent = connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => silent.once('close', () => resolve()));
    silent.on('error', () => undefined);
    await new Promise<void>((resolve) => silent.once('connect', () => resolve()));
    await registry.request('GET', '/health/live');

    expect(await stopTimed()).toBeLessThan(STOPPED_WITHIN_MS);
    await Promise.all([cut, closed]);
    // The port is closed: nobody is answered any more.
    await expect(registry.request('GET', '/health/live')).rejects.toThrow();
  });

  it('ends an idle registry at once', async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    await registry.ready();
    const milliseconds = await stopTimed();
    process.stderr.write(`SIGTERM: an idle registry ended within ${Math.round(milliseconds)} ms\n`);
    expect(milliseconds).toBeLessThan(3_000);
  });
});
