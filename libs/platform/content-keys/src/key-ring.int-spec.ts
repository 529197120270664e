import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyRing } from './index.js';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'key-ring-'));
  folder = join(parent, 'data', 'keys');
});
afterEach(() => rmSync(parent, { recursive: true }));

const withCode = (code: string, text = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(text) as string }) as Error;
const modeOf = (path: string) => statSync(path).mode & 0o777;

it('makes a key at its first use and keeps it', async () => {
  const ring = await openKeyRing(folder);
  const made = ring.current('submission-ids');
  expect(made.version).toBe(1);
  expect(made.key).toHaveLength(32);
  expect(ring.current('submission-ids')).toStrictEqual(made);
  expect(ring.current('journal').key).not.toStrictEqual(made.key);
  expect((await openKeyRing(folder)).current('submission-ids')).toStrictEqual(made);

  expect(readdirSync(folder).sort()).toStrictEqual(['journal.v1.key', 'submission-ids.v1.key']);
  expect(modeOf(folder)).toBe(0o700);
  expect(modeOf(join(folder, 'journal.v1.key'))).toBe(0o600);
});

it('rotates, and still has the versions before', async () => {
  const ring = await openKeyRing(folder);
  const first = ring.current('journal');
  for (let version = 2; version <= 11; version++) {
    expect(await ring.rotate('journal')).toMatchObject({ version });
  }
  expect(ring.current('journal').version).toBe(11);
  expect(ring.get('journal', 1)).toStrictEqual(first.key);
  const again = await openKeyRing(folder);
  expect(again.current('journal')).toStrictEqual(ring.current('journal'));
  expect(() => again.get('journal', 12)).toThrow(withCode('KEYS.MISSING'));
  expect(() => again.get('journal', 0)).toThrow(withCode('KEYS.MISSING'));
});

it('never replaces a key that another process made', async () => {
  const [ring, other] = [await openKeyRing(folder), await openKeyRing(folder)];
  const made = other.current('journal');
  expect(ring.current('journal')).toStrictEqual(made);
  const rotated = await Promise.all([ring.rotate('journal'), other.rotate('journal')]);
  expect(rotated.map(({ version }) => version)).toStrictEqual([2, 3]);
  expect(ring.get('journal', 3)).toStrictEqual(rotated[1].key);
});

it('gives out copies', async () => {
  const ring = await openKeyRing(folder);
  const before = Uint8Array.from(ring.current('journal').key);
  ring.current('journal').key.fill(0);
  expect(ring.get('journal', 1)).toStrictEqual(before);
});

it('does not mistake what a killed process left for a key, and removes it when it is old', async () => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const old = join(folder, 'journal.v1.key.4242.0123abcd.tmp');
  const young = join(folder, 'journal.v1.key.4243.0123abcd.tmp');
  for (const path of [old, young]) writeFileSync(path, 'half', { mode: 0o600 });
  utimesSync(old, new Date(0), new Date(0));
  const ring = await openKeyRing(folder);
  expect(ring.current('journal').version).toBe(1);
  expect(readdirSync(folder).sort()).toStrictEqual(['journal.v1.key', 'journal.v1.key.4243.0123abcd.tmp']);
});

it.each([0o640, 0o604, 0o660])('refuses a key file of mode %o', async (mode) => {
  (await openKeyRing(folder)).current('journal');
  chmodSync(join(folder, 'journal.v1.key'), mode);
  const ring = await openKeyRing(folder);
  expect(() => ring.current('journal')).toThrow(withCode('KEYS.FILE_REFUSED', 'chmod 600'));
});

it('refuses a folder that others may write in, and a file that is no key', async () => {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o770);
  await expect(openKeyRing(folder)).rejects.toMatchObject({ code: 'KEYS.FILE_REFUSED' });
  chmodSync(folder, 0o750);
  writeFileSync(join(folder, 'journal.v1.key'), 'short', { mode: 0o600 });
  const ring = await openKeyRing(folder);
  expect(() => ring.current('journal')).toThrow(withCode('KEYS.FILE_REFUSED'));
});

it.each(['', '../journal', 'Journal', 'a.b', 'a-', 'a/b'])('takes no name %j', async (name) => {
  const ring = await openKeyRing(folder);
  expect(() => ring.current(name)).toThrow(TypeError);
});
