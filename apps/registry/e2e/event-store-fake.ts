import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const TOOL = join(__dirname, '../../../tools/eventstore-fake.mjs');

/** The fake of EventStoreDB as a process of its own, which can be killed and started again on its files. */
export interface EventStoreFake {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export const startEventStoreFake = async (folder: string): Promise<EventStoreFake> => {
  const port = await freePort();
  const start = async () => {
    const child = spawn(process.execPath, [TOOL, `--port=${port}`, `--data=${folder}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      const hear = (chunk: Buffer) => {
        printed += chunk.toString();
        if (printed.includes(String(port))) resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => reject(new Error(`The fake ended with ${code}:\n${printed}`)));
    });
    return child;
  };
  let child = await start();
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    kill: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    restart: async () => {
      child = await start();
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
