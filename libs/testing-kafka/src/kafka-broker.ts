import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const TOOL = join(__dirname, '../../../tools/kafka.mjs');

/** A real broker of one node, with its data in a temporary folder. */
export interface KafkaBroker {
  /** `host:port`, for clients. Stays the same over restarts. */
  readonly brokers: readonly string[];
  /** Ends the broker as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again on its data, and waits until it answers. */
  readonly restart: () => Promise<void>;
  /** It keeps its connections and says nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Stops it and removes its data. */
  readonly stop: () => Promise<void>;
}

const run = promisify(execFile);

/** Starts a broker on free ports; needs Java, and Maven the first time. */
export const startKafka = async (): Promise<KafkaBroker> => {
  const home = mkdtempSync(join(tmpdir(), 'kafka-'));
  const tool = (...args: string[]) => run(process.execPath, [TOOL, ...args, `--home=${home}`]);
  const state = () =>
    JSON.parse(readFileSync(join(home, 'broker.json'), 'utf8')) as { pid: number; brokers: string };
  await tool('start', '--port=0');
  const signal = (name: NodeJS.Signals) => process.kill(state().pid, name);
  return {
    brokers: [state().brokers],
    kill: async () => {
      const { pid } = state();
      process.kill(pid, 'SIGKILL');
      while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    restart: async () => {
      await tool('start', '--keep');
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: async () => {
      await tool('stop');
      rmSync(home, { recursive: true, force: true });
    },
  };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
