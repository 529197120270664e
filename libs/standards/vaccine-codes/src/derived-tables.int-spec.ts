import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../../../..');
const DATA = resolve(REPOSITORY, process.env['SHARED_DATA'] ?? '../shared/data');

const isThere = ['codes/cvx.xml', 'cdsi/supporting-data'].every((path) => existsSync(join(DATA, path)));
if (!isThere)
  process.stderr.write(
    `\nSKIPPED: no code sets in ${DATA}; set SHARED_DATA to the folder that has codes/ and cdsi/.\n`,
  );

(isThere ? it : it.skip)('the tables fit the files that they were derived from', () => {
  const tool = join(REPOSITORY, 'tools/derive-vaccine-codes.mjs');
  const { status, stderr } = spawnSync(process.execPath, [tool, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
