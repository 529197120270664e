import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = join(__dirname, '../../..');

const running = new Set<ChildProcess>();

/** Kept until it has ended, so that a test that fails half-way leaves no program behind, which would keep the test run alive. */
const spawnApp = (
  app: 'registry' | 'query',
  environment: Readonly<Record<string, string>>,
  timeout?: number,
): ChildProcessByStdio<null, Readable, Readable> => {
  const child = spawn(process.execPath, [join(ROOT, 'apps', app, 'dist/main.js')], {
    env: { PATH: process.env['PATH'], PORT: '0', REGISTRY_DEMO: '1', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeout === undefined ? {} : { timeout }),
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
};

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A registry that runs, in one process or in many. */
export interface RunningRegistry {
  readonly url: string;
  /** Everything that it printed. */
  readonly printed: string;
  request(method: Method, path: string, options?: RequestOptions): Promise<Answer>;
  /** Resolves when it answers and each of its consumers has caught up once since it started: says nothing of what came later. */
  ready(): Promise<void>;
  stop(): Promise<unknown>;
}

/** A running program of the monorepo, as a user would run it; started from what `npm run build` made. */
export class RegistryProcess implements RunningRegistry {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly output: () => string,
  ) {}

  /** Resolves when it listens. @throws Error with what it printed, if it ends before */
  static async start(
    environment: Readonly<Record<string, string>>,
    app: 'registry' | 'query' = 'registry',
  ): Promise<RegistryProcess> {
    const child = spawnApp(app, environment);
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      const look = () => {
        const [, found] = /is listening on (http:\S+)/.exec(printed) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', look);
      child.once('exit', (code) =>
        reject(new Error(`${app} ended with ${code} before it listened:\n${printed}`)),
      );
    });
    return new RegistryProcess(child, url, () => printed);
  }

  /** For what is expected to end by itself: resolves with its exit code and what it printed. */
  static async runToEnd(
    environment: Readonly<Record<string, string>>,
    app: 'registry' | 'query' = 'registry',
  ): Promise<{ readonly code: number | null; readonly printed: string; readonly milliseconds: number }> {
    const began = performance.now();
    const child = spawnApp(app, environment, 20_000);
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, printed, milliseconds: performance.now() - began };
  }

  get printed(): string {
    return this.output();
  }

  /** Undefined once it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Graceful by default; `SIGKILL` as a crash. Resolves with the exit code when it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const gone = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return gone;
  }

  request(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
    return request(this.url, method, path, options);
  }

  /** Resolves when it answers and each of its consumers has caught up once since it started: says nothing of what came later. */
  async ready(): Promise<void> {
    await eventually(
      () => this.request('GET', '/health/ready'),
      (answer) => answer.status === 200,
    );
  }

  /** Resolves when no consumer has anything to handle of what was stored before. @throws Error that names who still has after 15 s */
  async settled(): Promise<void> {
    const deadline = performance.now() + 15_000;
    // What one group handles may be another's next message: one look may fall between the two.
    for (let quiet = 0; quiet < 2; await pause(60)) {
      const { status, body } = await this.request('GET', '/metrics');
      if (status !== 200) throw new Error(`Metrics answered ${status} ${body}`);
      const groups = [...body.matchAll(/^registry_consumer_behind\{(.*)\} ([01])$/gm)];
      if (groups.length === 0) throw new Error('No consumer is measured');
      const behind = groups.filter(([, , value]) => value === '1').map(([, group]) => group);
      quiet = behind.length === 0 ? quiet + 1 : 0;
      if (quiet === 0 && performance.now() > deadline)
        throw new Error(`Never settled; behind: ${behind.join('; ')}`);
    }
  }
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';

export interface RequestOptions {
  /** API key. */
  readonly as?: string;
  readonly purpose?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as HL7. */
  readonly hl7?: string;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: () => unknown;
}

/** Headers that differ between any two answers, whatever is asked. */
const INCIDENTAL = new Set(['date']);

/** Asks over HTTP. */
export const request = async (
  url: string,
  method: string,
  path: string,
  { as, purpose, json, hl7, body: raw, headers = {} }: RequestOptions,
): Promise<Answer> => {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      ...(purpose === undefined ? {} : { 'x-purpose-of-use': purpose }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(hl7 === undefined ? {} : { 'content-type': 'application/hl7-v2' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(hl7 === undefined ? {} : { body: hl7 }),
    ...(raw === undefined ? {} : { body: raw }),
  });
  const body = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries([...response.headers].filter(([name]) => !INCIDENTAL.has(name))),
    body,
    json: () => JSON.parse(body) as unknown,
  };
};

/** What a read is answered that could not be decided in time: ask again. */
const isUndecided = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 503;

/** Asks again until it is decided and satisfies; fails after `milliseconds` with what was answered last. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  milliseconds = 10_000,
): Promise<T> => {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (!isUndecided(answer) && satisfies(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`Never came true; last: ${JSON.stringify(answer)}`);
    await pause(20);
  }
};

/** Asks once, and again only for as long as it could not be decided. */
export const decided = (ask: () => Promise<Answer>): Promise<Answer> => eventually(ask, () => true);

export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'registry-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
