import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../tools/kafka.mjs', import.meta.url));

/** A broker of a benchmark's own on this machine. */
export const startBroker = () => {
  const home = mkdtempSync(join(tmpdir(), 'bench-kafka-'));
  const tool = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...args, `--home=${home}`], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split('\n').at(-1);
  };
  const brokers = tool('start', '--port=0');
  return {
    brokers,
    stop: () => {
      tool('stop');
      rmSync(home, { recursive: true, force: true });
    },
  };
};
