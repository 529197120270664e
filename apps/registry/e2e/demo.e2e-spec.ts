import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const DEMO = join(__dirname, '../../../tools/demo.mjs');

jest.setTimeout(120_000);

describe('npm run demo', () => {
  it('tells the whole story, and what it says of each step is what the registry did', async () => {
    // An answer other than the story expects ends the demo with an error, which rejects here.
    const { stdout } = await promisify(execFile)(process.execPath, [DEMO], { timeout: 110_000 });
    expect(stdout).toContain('submits a dose with lot SECRETLOT9: ACK AA');
    expect(stdout).toContain('files of the registry that hold the lot number: 0');
    expect(stdout).toContain('in force: lock only, opted out false');
    expect(stdout).toContain('That was all');
  });
});
