import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, chownSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server that follows another one by streaming, with its files beside that one's. */
export interface PostgresStandby {
  readonly connectionString: string;
  /** It stays connected and receives nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** It becomes a server of its own, with what it has received. */
  readonly promote: () => void;
  readonly stop: () => void;
}

/** A PostgreSQL server of a suite's own, which it may kill. Nothing but this machine can connect. */
export interface PostgresCluster {
  readonly connectionString: string;
  /** Where its files are: tables, log, everything. */
  readonly dataFolder: string;
  /** Ends it as a crash would. */
  readonly kill: () => void;
  /** Starts it again on its files; they recover by themselves. */
  readonly restart: () => void;
  /** Starts a standby. It streams when this resolves. */
  readonly startStandby: () => Promise<PostgresStandby>;
  /** Runs a program of the server's, such as `pg_dump`, against it; resolves with what it printed. */
  readonly run: (program: string, args: readonly string[], input?: string) => string;
  /** Stops it and removes its files. */
  readonly stop: () => void;
}

const ROOTS = ['/usr/lib/postgresql', '/usr/local/pgsql'];

/** @throws Error no server is installed here */
const programsFolder = (): string => {
  const versions = ROOTS.filter((root) => existsSync(root)).flatMap((root) =>
    readdirSync(root).map((version) => join(root, version, 'bin')),
  );
  const found = versions
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .sort((a, b) => (a < b ? 1 : -1));
  if (found[0] === undefined) throw new Error('No PostgreSQL server is installed here');
  return found[0];
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Starts a fresh server on a free port, with a database `registry`. It refuses root, so it runs as user postgres then. */
export const startPostgres = async (): Promise<PostgresCluster> => {
  const programs = programsFolder();
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const isRoot = process.getuid?.() === 0;
  const run = (program: string, args: readonly string[], input?: string): string => {
    const command = [join(programs, program), ...args];
    const [file = '', ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    return execFileSync(file, rest, {
      cwd: '/',
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      // A server that stays would hold a pipe of ours open.
      stdio: program === 'pg_ctl' ? 'ignore' : ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  };
  if (isRoot) {
    const [, , uid = '', gid = ''] = execFileSync('getent', ['passwd', 'postgres'], {
      encoding: 'utf8',
    }).split(':');
    chownSync(folder, Number(uid), Number(gid));
  }
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  run('initdb', [
    ...['--pgdata', dataFolder, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'],
    ...['--locale', 'C.UTF-8'],
  ]);
  const startOn = (data: string, onPort: number) =>
    run('pg_ctl', [
      ...['--pgdata', data, '--log', `${data}.log`, '--wait', 'start', '--options'],
      `-c listen_addresses=127.0.0.1 -c port=${onPort} -c unix_socket_directories=${folder} -c max_connections=300`,
    ]);
  const start = () => startOn(dataFolder, port);
  start();
  run('createdb', ['--host', '127.0.0.1', '--port', String(port), '--username', 'postgres', 'registry']);
  const urlOn = (onPort: number) => `postgresql://postgres@127.0.0.1:${onPort}/registry`;
  const connectionString = urlOn(port);

  let isKilled = false;
  const startStandby = async (): Promise<PostgresStandby> => {
    const data = join(folder, 'standby');
    const standbyPort = await freePort();
    run('pg_basebackup', [
      '--pgdata',
      data,
      '--write-recovery-conf',
      '--checkpoint',
      'fast',
      '--dbname',
      connectionString,
    ]);
    startOn(data, standbyPort);
    const ask = (question: string) =>
      run('psql', ['--tuples-only', '--no-align', '--command', question, urlOn(standbyPort)]).trim();
    const receiver = () => Number(ask('SELECT pid FROM pg_stat_wal_receiver'));
    const deadline = Date.now() + 30_000;
    while (!(receiver() > 0)) {
      if (Date.now() > deadline) throw new Error('The standby does not stream');
      execFileSync('sleep', ['0.1']);
    }
    let paused: number | undefined;
    const end = () => {
      // One that is paused hears nothing of the end.
      if (paused !== undefined) process.kill(paused, 'SIGKILL');
      paused = undefined;
      run('pg_ctl', ['--pgdata', data, '--mode', 'immediate', 'stop']);
    };
    return {
      connectionString: urlOn(standbyPort),
      pause: () => {
        paused = receiver();
        process.kill(paused, 'SIGSTOP');
      },
      resume: () => {
        if (paused !== undefined) process.kill(paused, 'SIGCONT');
        paused = undefined;
      },
      promote: () => {
        // Ended at once, so that what is on its way to it is not received after all.
        end();
        startOn(data, standbyPort);
        run('pg_ctl', ['--pgdata', data, '--wait', 'promote']);
      },
      stop: end,
    };
  };

  return {
    connectionString,
    dataFolder,
    startStandby,
    kill: () => {
      const [pid = ''] = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
      process.kill(Number(pid), 'SIGKILL');
      isKilled = true;
    },
    restart: () => {
      // The children of a killed server end by themselves, and until then hold its memory.
      const deadline = Date.now() + 30_000;
      for (;;) {
        try {
          start();
          isKilled = false;
          return;
        } catch (error) {
          if (Date.now() > deadline) throw error;
          execFileSync('sleep', ['0.2']);
        }
      }
    },
    run: (program, args, input) => run(program, [...args, connectionString], input),
    stop: () => {
      try {
        if (!isKilled) run('pg_ctl', ['--pgdata', dataFolder, '--mode', 'immediate', 'stop']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
};
