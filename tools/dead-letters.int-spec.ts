import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const TOOL = join(__dirname, 'dead-letters.mjs');
const KEY = 'an-administrator';

interface DeadLetter {
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  readonly reason: string;
  readonly attempts: number;
  readonly since: string;
}

const letter = (group: string, over: Partial<DeadLetter> = {}): DeadLetter => ({
  group,
  topic: 'identity.decisions.v1',
  key: 'p1',
  reason: 'UNKNOWN',
  attempts: 4,
  since: '2026-01-01T00:00:00.000Z',
  ...over,
});

describe('The command dead-letters', () => {
  let server: Server;
  let url: string;
  let letters: readonly DeadLetter[];
  /** What a replay leaves. */
  let remaining: number;
  let asked: string[];

  beforeEach(async () => {
    letters = [];
    remaining = 0;
    asked = [];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.headers.authorization !== `Bearer ${KEY}`) answer(401, { status: 401 });
      else if (request.url === '/dead-letters') answer(200, { deadLetters: letters });
      else if (request.url === '/dead-letters/records/replay')
        answer(200, { replayed: letters.length - remaining, remaining });
      else answer(404, { status: 404 });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const run = (
    words: readonly string[],
    REGISTRY_KEY: string | undefined = KEY,
  ): Promise<{ code: number | null; out: string; error: string }> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [TOOL, ...words, '--url', url], {
        env: { PATH: process.env['PATH'], ...(REGISTRY_KEY === '' ? {} : { REGISTRY_KEY }) },
      });
      let out = '';
      let error = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out, error }));
    });

  it('says that there are none, and ends with 0', async () => {
    expect(await run([])).toEqual({ code: 0, out: 'No dead letters\n', error: '' });
    expect(asked).toEqual(['GET /dead-letters']);
  });

  it('lists them as a table, and ends with 1', async () => {
    letters = [letter('records'), letter('privacy-request-list', { key: 'r\u001b[2J', attempts: 0 })];
    expect(await run(['list'])).toEqual({
      code: 1,
      out: [
        'group                 topic                  key    reason   attempts  since',
        'records               identity.decisions.v1  p1     UNKNOWN  4         2026-01-01T00:00:00.000Z',
        'privacy-request-list  identity.decisions.v1  r?[2J  UNKNOWN  0         2026-01-01T00:00:00.000Z',
        '',
      ].join('\n'),
      error: '',
    });
  });

  it('replays a group, and ends with 0 if nothing of it is left', async () => {
    letters = [letter('records'), letter('records')];
    expect(await run(['replay', 'records'])).toEqual({
      code: 0,
      out: 'records: 2 replayed, 0 left\n',
      error: '',
    });
    expect(asked).toEqual(['POST /dead-letters/records/replay']);
    remaining = 1;
    expect(await run(['replay', 'records'])).toMatchObject({ code: 1, out: 'records: 1 replayed, 1 left\n' });
  });

  it.each([
    ['a key that is not known', ['list'], 'another', /401/],
    ['no key', ['list'], '', /REGISTRY_KEY=/],
    ['a group that is not there', ['replay', 'a/b'], KEY, /no such group/],
    ['a replay of no group', ['replay'], KEY, /replay GROUP/],
    ['a word too many', ['list', 'records'], KEY, /replay GROUP/],
    ['an unknown command', ['drop'], KEY, /replay GROUP/],
    ['an unknown option', ['--force'], KEY, /--force/],
  ])('ends with 2 on %s', async (_what, words, key, reason) => {
    const { code, out, error } = await run(words, key);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toMatch(reason);
    expect(error).not.toMatch(/\n\s+at /);
  });

  it('ends with 2 if nobody answers', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await run(['list'])).toMatchObject({
      code: 2,
      error: expect.stringMatching(/ECONNREFUSED/) as string,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
