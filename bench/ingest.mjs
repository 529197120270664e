import { describeProbe, fdatasyncProbe } from './lib/fdatasync-probe.mjs';
import { eventually, startRegistry } from '../tools/running-registry.mjs';
import { vxuLoad } from './lib/vxu-load.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** What is asked for is a sustained rate: the first seconds after a start go to compiling. */
const WARM_UP_SECONDS = 15;

/** VXU over HTTP to the durable ACK. @param batch messages of one request */
export const ingest = async ({ connections, batch = 1 }) => {
  const registry = await startRegistry();
  try {
    const probe = fdatasyncProbe(registry.folder);
    const load = vxuLoad(registry, connections, { batch });
    await load(WARM_UP_SECONDS);
    const cpuBefore = registry.cpuMs();
    const result = await load(SECONDS);
    const ended = performance.now();
    await eventually(
      () => consumersBehind(registry),
      (behind) => behind === 0,
    );
    const behindFor = performance.now() - ended;
    return {
      'VXU/s to durable ACK': Math.round(batch * result.requests.average),
      'p50 / p99 ms': `${result.latency.p50} / ${result.latency.p99}`,
      'CPU ms a message': ((registry.cpuMs() - cpuBefore) / (batch * result.requests.total)).toFixed(2),
      'until every consumer has caught up, s': (behindFor / 1_000).toFixed(1),
      'not AA': result.non2xx + result.errors + result.mismatches,
      'resident MiB now / peak': Object.values(registry.resident()).map(Math.round).join(' / '),
      probe: `${describeProbe(probe)} before; ${describeProbe(fdatasyncProbe(registry.folder))} after`,
    };
  } finally {
    await registry.stop();
  }
};

/** Consumer groups that have messages to handle. What is taken faster than it is made of use is no sustained rate. */
const consumersBehind = async ({ url }) => {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const behind = [...metrics.matchAll(/^registry_consumer_behind\{.*\} (\d+)$/gm)].map(([, value]) =>
    Number(value),
  );
  if (behind.length === 0) throw new Error('There is no registry_consumer_behind among the metrics');
  return behind.reduce((sum, value) => sum + value, 0);
};
