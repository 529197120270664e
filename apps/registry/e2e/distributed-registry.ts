import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import {
  eventually,
  request,
  type Answer,
  type Method,
  type RequestOptions,
  type RunningRegistry,
} from './registry-process.js';

const TOOL = join(__dirname, '../../../tools/services.mjs');

/** The services of the distributed profile, each a process of its own behind one address: what `npm run services` starts. */
export class DistributedRegistry implements RunningRegistry {
  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    readonly url: string,
    private readonly output: () => string,
  ) {}

  /** @param instances such as `identity=2,query=2`; one of each else */
  static async start(
    environment: Readonly<Record<string, string>>,
    instances = '',
  ): Promise<DistributedRegistry> {
    const child = spawn(process.execPath, [TOOL, '--port=0', `--instances=${instances}`, '--report'], {
      env: { PATH: process.env['PATH'], REGISTRY_DEMO: '1', LOG_LEVEL: 'warn', ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let printed = '';
    const url = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        printed += chunk.toString();
        const [, found] = /^The registry is listening on (http:\S+)$/m.exec(printed) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`The services ended with ${code}:\n${printed}`)));
    });
    return new DistributedRegistry(child, url, () => printed);
  }

  get printed(): string {
    return this.output();
  }

  /** As a crash: the service starts again by itself. @param place of the instance, from 0 */
  kill(service: string, place = 0): void {
    this.child.stdin.write(`kill ${service} ${place}\n`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }

  request(method: Method, path: string, options: RequestOptions = {}): Promise<Answer> {
    return request(this.url, method, path, options);
  }

  async ready(milliseconds = 60_000): Promise<void> {
    await eventually(
      () => this.request('GET', '/health/ready'),
      (answer) => answer.status === 200,
      milliseconds,
    );
  }
}
