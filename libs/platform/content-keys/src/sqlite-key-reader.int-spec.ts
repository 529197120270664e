import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentKeys, KeyReader } from './content-keys.port.js';
import { newContentKey } from './sealing.js';
import { openSqliteContentKeys } from './sqlite-content-keys.js';
import { openSqliteKeyReader } from './sqlite-key-reader.js';

describe('A reader of content keys', () => {
  let folder: string;
  let keys: ContentKeys;
  let reader: KeyReader;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'key-reader-'));
    const file = join(folder, 'keys.db');
    keys = await openSqliteContentKeys({ file });
    reader = openSqliteKeyReader({ file });
  });
  afterEach(async () => {
    await reader.close();
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  it('finds what is put, at once, and nothing that is destroyed', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `submission-${index}`);
    const put = await Promise.all(ids.map((id) => keys.put(id, newContentKey())));
    expect(await reader.getMany([...ids, 'unknown'])).toEqual(
      new Map(ids.map((id, index) => [id, put[index]])),
    );
    await keys.destroy(ids.slice(0, 2));
    expect([...(await reader.getMany(ids.slice(0, 3))).keys()]).toEqual(['submission-2']);
  });

  it('never keeps a destruction waiting', async () => {
    await keys.put('submission-1', newContentKey());
    await reader.getMany(['submission-1']);
    await keys.destroy(['submission-1']);
    expect(await keys.completePending()).toBe(0);
  });

  it('answers nothing once it is closed', async () => {
    await reader.close();
    await expect(reader.getMany(['submission-1'])).rejects.toMatchObject({ name: 'Error' });
  });
});
