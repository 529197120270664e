import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Facts } from './facts.js';
import { eventually, RegistryProcess, temporaryFolder } from './registry-process.js';

jest.setTimeout(60_000);

const TOOLS = join(__dirname, '../../../tools');
const VITAL_RECORDS = 'demo-vital-records';
const LAKESIDE = 'demo-lakeside-clinic';

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs a tool as a user does. `stop` ends it at once, as a crash. */
const runTool = (
  tool: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly ended: Promise<Ended>; readonly stop: () => void } => {
  const child = spawn(process.execPath, [join(TOOLS, tool), ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, printed })));
  return { ended, stop: () => child.kill('SIGKILL') };
};

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');

const progressOf = (file: string): unknown => JSON.parse(readFileSync(`${file}.import.json`, 'utf8'));

/** Between the import and the registry: passes requests on, counts them, and may keep an answer back. */
const relayTo = async (url: string) => {
  const passed: string[] = [];
  let keepBack: ((count: number) => boolean) | undefined;
  let onKept = () => undefined as void;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization = '', 'content-type': type = '' } = request.headers;
      passed.push(request.url ?? '');
      void fetch(url + request.url, {
        method: request.method ?? 'POST',
        headers: { authorization, 'content-type': type },
        body: Buffer.concat(chunks),
      }).then(async (answer) => {
        const body = await answer.text();
        if (keepBack?.(passed.length) === true) return onKept();
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    /** The answer to that request and all after it never arrive; resolves when the first is kept back. */
    keepBackFrom: (number: number): Promise<void> =>
      new Promise((resolve) => {
        keepBack = (count) => count >= number;
        onKept = resolve;
      }),
    letThrough: () => {
      keepBack = undefined;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

describe('The import of files', () => {
  const folder = temporaryFolder();
  const data = temporaryFolder();
  let registry: RegistryProcess;
  let facts: Facts;
  let relay: Awaited<ReturnType<typeof relayTo>>;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: data.path, EVENT_STORE: 'sqlite' });
    facts = await Facts.open(data.path);
    relay = await relayTo(registry.url);
    await generate('few', 200, 200);
    await generate('many', 2_500, 0);
  });

  afterAll(async () => {
    relay.close();
    await facts.close();
    await registry.stop();
    data.remove();
    folder.remove();
  });

  const generate = async (name: string, births: number, vxus: number): Promise<void> => {
    const counts = ['--births', String(births), '--vxus', String(vxus)];
    const { code, printed } = await runTool('generate-population.mjs', [
      ...counts,
      ...['--out', join(folder.path, name), '--seed', name === 'few' ? '7' : '8'],
    ]).ended;
    expect({ code, printed }).toMatchObject({ code: 0 });
  };

  const importing = (file: string, key: string, ...more: readonly string[]) =>
    runTool('import.mjs', [file, '--url', relay.url, ...more], { REGISTRY_KEY: key });

  const received = async (): Promise<number> =>
    (await facts.all()).filter(({ type }) => type === 'SubmissionReceived').length;

  it('takes all of a file of births, and sends nothing the second time', async () => {
    const file = join(folder.path, 'few/births.ndjson');
    const before = await received();
    const sent = relay.passed.length;
    const first = await importing(file, VITAL_RECORDS).ended;
    expect(first).toMatchObject({ code: 0 });
    const rows = linesOf(file).length;
    expect(rows).toBe(200);
    const { size } = statSync(file);
    expect(progressOf(file)).toEqual({
      size,
      offset: size,
      records: rows,
      taken: rows,
      withErrors: 0,
      refused: 0,
    });
    expect(existsSync(`${file}.refused.ndjson`)).toBe(false);
    expect(relay.passed.slice(sent)).toEqual(['/births']);
    expect(await received()).toBe(before + rows);
    // What it prints and keeps beside the file is counts.
    expect(first.printed).toMatch(/^births\.ndjson: 100\.0 %, 200 records, /);

    expect(await importing(file, VITAL_RECORDS).ended).toMatchObject({ code: 0 });
    expect(relay.passed.slice(sent)).toEqual(['/births']);
    // All of it is sent again only where that is asked for, and then nothing is stored twice.
    expect(await importing(file, VITAL_RECORDS, '--again').ended).toMatchObject({ code: 0 });
    expect(relay.passed.slice(sent)).toEqual(['/births', '/births']);
    expect(await received()).toBe(before + rows);
  });

  it('counts what became of each message of a file of HL7', async () => {
    const file = join(folder.path, 'few/vxu-lakeside.hl7');
    const messages = readFileSync(file, 'utf8').match(/^MSH/gm)?.length ?? 0;
    expect(messages).toBeGreaterThan(50);
    const before = await received();
    const { code } = await importing(file, LAKESIDE).ended;
    const progress = progressOf(file) as { taken: number; withErrors: number; refused: number };
    const { taken, withErrors, refused } = progress;
    expect(progress).toMatchObject({ records: messages, offset: statSync(file).size });
    expect(taken + withErrors + refused).toBe(messages);
    expect(code).toBe(refused > 0 ? 1 : 0);
    expect(await received()).toBe(before + taken + withErrors);
  });

  it('goes on where it was killed, and stores nothing twice', async () => {
    const file = join(folder.path, 'many/births.ndjson');
    const before = await received();
    const sent = relay.passed.length;
    const kept = relay.keepBackFrom(sent + 2);
    const killed = importing(file, VITAL_RECORDS);
    // The registry has the second piece, and the import never hears of it.
    await kept;
    killed.stop();
    expect((await killed.ended).code).toBe(null);
    relay.letThrough();
    expect(progressOf(file)).toMatchObject({ records: 1_000, taken: 1_000 });
    expect(await received()).toBe(before + 2_000);

    expect(await importing(file, VITAL_RECORDS).ended).toMatchObject({ code: 0 });
    const { size } = statSync(file);
    expect(progressOf(file)).toEqual({
      size,
      offset: size,
      records: 2_500,
      taken: 2_500,
      withErrors: 0,
      refused: 0,
    });
    // Two pieces before, and two after: the one that was not heard of, and the rest.
    expect(relay.passed.slice(sent)).toHaveLength(4);
    expect(await received()).toBe(before + 2_500);
  });

  it('lists what was refused by number and code, and ends with 1', async () => {
    const file = join(folder.path, 'wrong.ndjson');
    const [good = ''] = linesOf(join(folder.path, 'few/births.ndjson'));
    const wrong = JSON.stringify({
      ...(JSON.parse(good) as object),
      fileNumber: 'W-1',
      birthDate: 'Zqxjkvbp',
    });
    writeFileSync(file, [good, wrong, '{"event":"birth","Zqxjkvbp', good, ''].join('\n'));
    const { code, printed } = await importing(file, VITAL_RECORDS).ended;
    expect(code).toBe(1);
    expect(progressOf(file)).toMatchObject({ records: 4, taken: 2, refused: 2 });
    expect(linesOf(`${file}.refused.ndjson`).map((line) => JSON.parse(line) as unknown)).toEqual([
      { record: 2, problems: [{ field: 'birthDate', code: 'invalid' }] },
      { record: 3, problems: [{ field: '', code: 'not-json' }] },
    ]);
    expect(printed + readFileSync(`${file}.refused.ndjson`, 'utf8')).not.toContain('Zqxjkvbp');
  });

  it('numbers what was refused of a file of HL7, too', async () => {
    const file = join(folder.path, 'wrong.hl7');
    const [good = ''] = readFileSync(join(folder.path, 'few/vxu-lakeside.hl7'), 'utf8').split(/(?=MSH\|)/);
    const refused = good.replace(/\|P\|2\.5\.1\|/, '|P|2.9|');
    writeFileSync(file, good + refused + good);
    const { code } = await importing(file, LAKESIDE).ended;
    expect(code).toBe(1);
    expect(progressOf(file)).toMatchObject({ records: 3, refused: 1 });
    expect(linesOf(`${file}.refused.ndjson`).map((line) => JSON.parse(line) as unknown)).toEqual([
      { record: 2, code: 'AR', problems: [expect.stringMatching(/203 E$/)] },
    ]);
  });

  it('ends with 2 where it cannot go on, and says why', async () => {
    const file = join(folder.path, 'few/births.ndjson');
    const without = await runTool('import.mjs', [file, '--url', relay.url]).ended;
    expect(without).toMatchObject({ code: 2, printed: expect.stringMatching(/REGISTRY_KEY/) as unknown });
    const rows = join(folder.path, 'rows.csv');
    writeFileSync(rows, 'family,given,birthDate\nA,B,2020-01-01\n');
    expect(await importing(rows, VITAL_RECORDS).ended).toMatchObject({
      code: 2,
      printed: expect.stringMatching(/say what it holds/) as unknown,
    });
    // Rosters are not for the Office of Vital Records.
    expect(await importing(rows, VITAL_RECORDS, '--as', 'rosters').ended).toMatchObject({
      code: 2,
      printed: expect.stringMatching(/answered 403/) as unknown,
    });
    expect(existsSync(`${rows}.import.json`)).toBe(false);
    // Another content than the one that was begun.
    appendFileSync(file, '\n');
    expect(await importing(file, VITAL_RECORDS).ended).toMatchObject({
      code: 2,
      printed: expect.stringMatching(/--again/) as unknown,
    });
  });

  it('leaves the registry in order', async () => {
    await eventually(
      () => registry.request('GET', '/health/ready'),
      ({ status }) => status === 200,
      30_000,
    );
    const letters = await registry.request('GET', '/dead-letters', { as: 'demo-administrator' });
    expect(letters.json()).toEqual({ deadLetters: [] });
    expect(registry.printed).not.toMatch(/"level":50/);
  });
});
