// A Kafka broker of one node on this machine, without Docker: `npm run kafka -- start|stop|status|fetch`. Needs Java 17; Maven once.
//   --home=DIR             data, log and process id of the broker; default in the cache folder
//   --port=N               where clients connect; 0 takes a free one; default 9092 (the controller takes a free one)
//   --keep                 start on the data that is there; without it on none
// The jars come from Maven Central into KAFKA_HOME, by default a folder of the version in ~/.cache/immunization-registry/kafka.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';

const SOURCES = fileURLToPath(new URL('./kafka/', import.meta.url));
const VERSION = /<kafka\.version>(.+)<\/kafka\.version>/.exec(
  readFileSync(join(SOURCES, 'pom.xml'), 'utf8'),
)[1];
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'immunization-registry', 'kafka');
const JARS = process.env.KAFKA_HOME ?? join(CACHE, VERSION);
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { home: { type: 'string' }, port: { type: 'string' }, keep: { type: 'boolean' } },
});
const home = options.home ?? join(CACHE, 'broker');
const stateFile = join(home, 'broker.json');

const run = (program, args) => {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
};

const hasJars = () =>
  existsSync(JARS) && readdirSync(JARS).some((file) => file === `kafka_2.13-${VERSION}.jar`);

const fetchJars = () => {
  if (hasJars()) return;
  if (process.env.KAFKA_HOME !== undefined)
    throw new Error(`KAFKA_HOME=${JARS} has no kafka_2.13-${VERSION}.jar`);
  // Into a folder of its own first: a fetch that was cut off must not look like a whole one.
  const partial = `${JARS}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  run('mvn', [
    ...['-q', '-B', '-f', join(SOURCES, 'pom.xml')],
    'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies',
    ...['-DincludeScope=runtime', `-DoutputDirectory=${partial}`],
  ]);
  rmSync(JARS, { recursive: true, force: true });
  renameSync(partial, JARS);
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const properties = ({ port, controllerPort }) => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(home, 'data')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
default.replication.factor=1
min.insync.replicas=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
log.segment.bytes=134217728
# A broker that was killed may register again only when its last session is over.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
`;

const readState = () => (existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : undefined);

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const answers = async (brokers) => {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
};

const start = async () => {
  const before = readState();
  if (before !== undefined && isAlive(before.pid))
    throw new Error(`A broker runs already, at ${before.brokers}`);
  fetchJars();
  const fresh = !options.keep || before === undefined;
  if (fresh) rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const ports = fresh
    ? { port: Number(options.port ?? 9092) || (await freePort()), controllerPort: await freePort() }
    : { port: before.port, controllerPort: before.controllerPort };
  const settings = join(home, 'server.properties');
  writeFileSync(settings, properties(ports));
  const classPath = ['-cp', join(JARS, '*')];
  if (fresh) {
    const tool = [...classPath, 'kafka.tools.StorageTool'];
    const id = run('java', [...tool, 'random-uuid'])
      .trim()
      .split('\n')
      .at(-1);
    run('java', [...tool, 'format', '--cluster-id', id, '-c', settings]);
  }
  const log = openSync(join(home, 'broker.log'), 'a');
  // A session of its own: it outlives the command that started it.
  const broker = spawn(
    'java',
    [
      ...['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'],
      `-Dlog4j2.configurationFile=${join(SOURCES, 'log4j2.properties')}`,
      ...[...classPath, 'kafka.Kafka', settings],
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  broker.unref();
  const state = { pid: broker.pid, brokers: `127.0.0.1:${ports.port}`, ...ports };
  writeFileSync(stateFile, JSON.stringify(state));
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers([state.brokers]))) {
    if (!isAlive(broker.pid) || Date.now() > deadline) {
      throw new Error(
        `The broker did not start:\n${readFileSync(join(home, 'broker.log'), 'utf8').slice(-4_000)}`,
      );
    }
    await pause(200);
  }
  console.log(state.brokers);
};

const stop = async () => {
  const state = readState();
  if (state === undefined || !isAlive(state.pid)) return console.log('No broker runs');
  process.kill(state.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isAlive(state.pid)) {
    if (Date.now() > deadline) process.kill(state.pid, 'SIGKILL');
    await pause(100);
  }
  console.log('Stopped');
};

const status = async () => {
  const state = readState();
  const running = state !== undefined && isAlive(state.pid) && (await answers([state.brokers]));
  console.log(running ? `Answers at ${state.brokers}` : 'No broker runs');
  if (!running) process.exitCode = 1;
};

const commands = { start, stop, status, fetch: fetchJars };
const command = commands[positionals[0]];
if (command === undefined || positionals.length !== 1) {
  console.error(`npm run kafka -- ${Object.keys(commands).join('|')}`);
  process.exit(2);
}
try {
  await command();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
