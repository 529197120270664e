import { describeProbe, fdatasyncProbe } from './lib/fdatasync-probe.mjs';
import { startRegistry } from '../tools/running-registry.mjs';
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
    return {
      'VXU/s to durable ACK': Math.round(batch * result.requests.average),
      'p50 / p99 ms': `${result.latency.p50} / ${result.latency.p99}`,
      'CPU ms a message': ((registry.cpuMs() - cpuBefore) / (batch * result.requests.total)).toFixed(2),
      'not AA': result.non2xx + result.errors + result.mismatches,
      'resident MiB now / peak': Object.values(registry.resident()).map(Math.round).join(' / '),
      probe: `${describeProbe(probe)} before; ${describeProbe(fdatasyncProbe(registry.folder))} after`,
    };
  } finally {
    await registry.stop();
  }
};
