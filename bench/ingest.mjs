import autocannon from 'autocannon';
import { describeProbe, fdatasyncProbe } from './lib/fdatasync-probe.mjs';
import { headers, startRegistry } from '../tools/running-registry.mjs';
import { vxu } from './lib/vxu.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** What is asked for is a sustained rate: the first seconds after a start go to compiling. */
const WARM_UP_SECONDS = 15;

/** VXU over HTTP to the durable ACK; two messages a person. */
export const ingest = async ({ connections }) => {
  const registry = await startRegistry();
  try {
    const probe = fdatasyncProbe(registry.folder);
    let message = 0;
    const load = (duration) =>
      autocannon({
        url: `${registry.url}/hl7`,
        method: 'POST',
        headers: headers('demo-lakeside-clinic', { 'content-type': 'application/hl7-v2' }),
        connections,
        duration,
        requests: [
          {
            setupRequest: (request) => {
              message += 1;
              return { ...request, body: vxu(Math.floor(message / 2), message) };
            },
          },
        ],
        verifyBody: (body) => body.includes('MSA|AA|'),
      });
    await load(WARM_UP_SECONDS);
    const cpuBefore = registry.cpuMs();
    const result = await load(SECONDS);
    return {
      'VXU/s to durable ACK': Math.round(result.requests.average),
      'p50 / p99 ms': `${result.latency.p50} / ${result.latency.p99}`,
      'CPU ms a message': ((registry.cpuMs() - cpuBefore) / result.requests.total).toFixed(2),
      'not AA': result.non2xx + result.errors + result.mismatches,
      'resident MiB now / peak': Object.values(registry.resident()).map(Math.round).join(' / '),
      probe: `${describeProbe(probe)} before; ${describeProbe(fdatasyncProbe(registry.folder))} after`,
    };
  } finally {
    await registry.stop();
  }
};
