import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startProxy } from './proxy.mjs';
import { SERVICES } from './routes.mjs';

const ROOT = join(import.meta.dirname, '../..');
const RESTART_MS = 500;

/** One instance of a service. Started again when it dies, unless it was told to stop. */
class Instance {
  constructor(service, environment, report) {
    Object.assign(this, { service, environment, report, stopped: false, url: undefined });
    this.start();
  }

  start() {
    this.ready = new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(ROOT, `apps/${this.service}/dist/main.js`)], {
        env: this.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      this.child = child;
      let printed = '';
      const hear = (chunk) => {
        this.report(this.service, String(chunk));
        printed = (printed + chunk).slice(-4096);
        const found = /is listening on (http:\S+)/.exec(printed);
        if (found === null) return;
        this.url = found[1];
        resolve(this.url);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      this.gone = new Promise((ended) => child.once('exit', ended)).then((code) => {
        this.url = undefined;
        reject(new Error(`${this.service} ended with ${code}`));
        if (!this.stopped) setTimeout(() => this.stopped || this.start(), RESTART_MS);
      });
    });
    this.ready.catch(() => undefined);
  }

  kill(signal = 'SIGKILL') {
    this.child.kill(signal);
  }

  async stop() {
    this.stopped = true;
    this.child.kill('SIGTERM');
    await this.gone;
  }
}

/**
 * Starts the services of the distributed profile, as many instances of each as asked, behind one address.
 * @param environment what configures them; each gets a free port of its own
 * @param instances by service; default one of each
 */
export const startServices = async ({ environment, instances = {}, port = 0, report = () => undefined }) => {
  const all = new Map(
    SERVICES.map((service) => [
      service,
      Array.from(
        { length: instances[service] ?? 1 },
        () => new Instance(service, { ...environment, PROFILE: 'distributed', PORT: '0' }, report),
      ),
    ]),
  );
  let next = 0;
  const addressOf = (service) => {
    const up = all.get(service).filter(({ url }) => url !== undefined);
    // Nobody there: refused, as by a service that is down.
    return up[next++ % Math.max(1, up.length)]?.url ?? 'http://127.0.0.1:1';
  };
  const each = [...all.values()].flat();
  const stopAll = () => Promise.all(each.map((instance) => instance.stop()));
  try {
    await Promise.all(each.map(({ ready }) => ready));
  } catch (error) {
    await stopAll();
    throw error;
  }
  const proxy = await startProxy({ addressOf, port });
  return {
    url: proxy.url,
    /** Instances of a service. */
    of: (service) => all.get(service),
    stop: async () => {
      await stopAll();
      await proxy.stop();
    },
  };
};
