import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the disk itself gives: 4 KiB written and fdatasync'ed, one after another, for a second. Printed beside every durable
 * figure, because disks differ tenfold, also from minute to minute.
 * @returns {{ perSecond: number, p99: number }} milliseconds for p99
 */
export const fdatasyncProbe = (folder) => {
  const path = join(folder, 'fdatasync-probe');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096, 1);
  const times = [];
  const end = performance.now() + 1_000;
  try {
    for (let position = 0; performance.now() < end; position += block.length) {
      const began = performance.now();
      writeSync(file, block, 0, block.length, position % (64 * 1024 * 1024));
      fdatasyncSync(file);
      times.push(performance.now() - began);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  times.sort((a, b) => a - b);
  return { perSecond: times.length, p99: times[Math.floor(times.length * 0.99)] };
};

export const describeProbe = ({ perSecond, p99 }) =>
  `${Math.round(perSecond)} fdatasync/s, p99 ${p99.toFixed(1)} ms`;
