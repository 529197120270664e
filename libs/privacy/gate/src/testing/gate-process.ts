import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PrivacyCommand } from '@registry/privacy-domain';

const LIBRARY = join(__dirname, '..', '..');
const SCRIPT = join(__dirname, 'run-gate.cjs');

/** Brings `dist` up to date with the sources, for the processes that run it. */
export const buildGate = (): void => {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--build', LIBRARY], {
    stdio: 'inherit',
  });
};

export interface GateProcessOptions {
  readonly adapter: 'sqlite' | 'postgres';
  /** File or connection string. */
  readonly target: string;
  readonly personId: string;
  readonly clinics: readonly string[];
  readonly readersPerClinic: number;
  readonly processes: 'one' | 'several';
  readonly record: unknown;
}

/** Times are milliseconds of the machine's monotonic clock: those of different processes compare. */
export interface ChangeReport {
  readonly began: number;
  readonly ended: number;
  readonly settingRevision?: number;
  readonly changed?: boolean;
  /** The error's code. */
  readonly failed?: string;
}

export interface FireReport {
  readonly handedOver: readonly (readonly [organizationId: string, at: number])[];
  readonly refused: number;
  readonly unavailable: number;
  /** Committed and not handed over in time. */
  readonly late: number;
  /** Milliseconds until the slowest answer. */
  readonly slowest: number;
}

/** A gate in a process of its own, with readers that ask in a closed loop from `fire` to `stop`. */
export class GateProcess {
  private readonly waiting = new Map<number, (answer: unknown) => void>();
  private readonly gone: Promise<never>;
  private lastId = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, answer }: { id: number; answer?: unknown }) => {
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    });
    this.gone = once(child, 'exit').then(() => {
      throw new Error('The gate’s process has ended');
    });
    this.gone.catch(() => undefined);
  }

  static async start(options: GateProcessOptions): Promise<GateProcess> {
    const started = new GateProcess(fork(SCRIPT, [JSON.stringify(options)], { execArgv: [] }));
    await started.answerTo(0);
    return started;
  }

  async fire(): Promise<void> {
    await this.ask({ kind: 'fire' });
  }

  async change(command: PrivacyCommand, eventId: string): Promise<ChangeReport> {
    return (await this.ask({ kind: 'change', command, eventId })) as ChangeReport;
  }

  async stop(): Promise<FireReport> {
    return (await this.ask({ kind: 'stop' })) as FireReport;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private ask(message: object): Promise<unknown> {
    const id = (this.lastId += 1);
    const answer = this.answerTo(id);
    this.child.send({ ...message, id });
    return answer;
  }

  private answerTo(id: number): Promise<unknown> {
    return Promise.race([new Promise((resolve) => this.waiting.set(id, resolve)), this.gone]);
  }
}
