import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** Starts a built program with the demonstration clients, on an empty folder unless one is given; resolves when it listens. */
export const startRegistry = async ({
  main = 'apps/registry/dist/main.js',
  environment = {},
  folder = mkdtempSync(join(tmpdir(), 'registry-')),
} = {}) => {
  const began = performance.now();
  // With the option that `npm start` sets.
  const child = spawn(process.execPath, ['--max-semi-space-size=32', resolve(ROOT, main)], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: folder,
      REGISTRY_DEMO: '1',
      LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const found = /is listening on (http:\S+)/.exec(printed);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`The registry ended with ${code}: ${printed}`)));
  });
  return {
    url,
    folder,
    startMs: performance.now() - began,
    /** Resident size now and at its highest, MiB. */
    resident: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const mib = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
      return { now: mib('VmRSS'), peak: mib('VmHWM') };
    },
    /** Processor time of the program so far, ms: unlike a rate it does not depend on who else uses the machine. */
    cpuMs: () => {
      const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ').slice(13, 15);
      return (Number(user) + Number(system)) * 10;
    },
    stop: async ({ keep = false } = {}) => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      if (!keep) rmSync(folder, { recursive: true, force: true });
    },
  };
};

export const headers = (key, rest = {}) => ({ authorization: `Bearer ${key}`, ...rest });

/** Asks until the answer satisfies. */
export const eventually = async (ask, satisfies) => {
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
