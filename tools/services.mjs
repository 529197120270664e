// `npm run services`: the registry as services of their own, behind one address, without Docker. Needs POSTGRES_URL and KAFKA_BROKERS (`npm run kafka -- start`
// starts a broker); whatever else configures it is in the environment too (README, Configuration).
//   --port=N             of the one address; default 3000, 0 takes a free one
//   --instances=a=2,b=2  more than one of a service
//   --report             prints what the services print
// Understands `kill <service> <instance>` on its standard input: what was killed starts again by itself.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startServices } from './services/run.mjs';
import { SERVICES } from './services/routes.mjs';

const { values: options } = parseArgs({
  options: { port: { type: 'string' }, instances: { type: 'string' }, report: { type: 'boolean' } },
});
const instances = Object.fromEntries(
  (options.instances ?? '')
    .split(',')
    .filter((each) => each !== '')
    .map((each) => each.split('='))
    .map(([service, count]) => [service, Number(count)]),
);
const unknown = Object.keys(instances).find((service) => !SERVICES.includes(service));
const missing = ['POSTGRES_URL', 'KAFKA_BROKERS'].filter((name) => (process.env[name] ?? '') === '');
if (unknown !== undefined || missing.length > 0) {
  console.error(
    unknown === undefined
      ? `Missing: ${missing.join(', ')}`
      : `There is no ${unknown}; there are ${SERVICES.join(', ')}`,
  );
  process.exit(2);
}

const services = await startServices({
  environment: process.env,
  instances,
  port: Number(options.port ?? 3000),
  report: (service, text) => {
    // What a first start prints once must be seen.
    if (options.report || /key|could not start/.test(text))
      process.stdout.write(text.replace(/^(?=.)/gm, `${service}: `));
  },
});
console.log(`The registry is listening on ${services.url}`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, service, place = '0'] = line.split(' ');
  if (command === 'kill') services.of(service)?.[Number(place)]?.kill();
});
const stop = () => void services.stop().then(() => process.exit(0));
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
