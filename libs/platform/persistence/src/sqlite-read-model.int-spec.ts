import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openReadModel, type ReadModel } from './index.js';
import {
  Clustered1700000000002,
  person,
  readModelContract,
  tablesWith,
  type Opening,
} from './read-model.contract.js';

const tables = tablesWith('blob');
const { PersonRow, entities, migrations } = tables;

let folder: string;
let file: string;
const opened: ReadModel[] = [];

async function open(changes: Opening = {}): Promise<ReadModel> {
  const model = await openReadModel({ file, entities, migrations, ...changes });
  opened.push(model);
  return model;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-model-'));
  file = join(folder, 'sub', 'read-test.db');
});

afterEach(async () => {
  for (const model of opened.splice(0)) await model.close();
  rmSync(folder, { recursive: true });
});

readModelContract('SQLite', tables, () => Promise.resolve(), open);

it('A clustered table of SQLite has no rowid, and its indexes', async () => {
  const model = await open({ migrations: [...migrations, Clustered1700000000002] });
  const made = await model.select<{ name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_master WHERE name IN ('links', 'links_by_right', 'links_rows') ORDER BY name",
  );
  expect(made.map(({ name }) => name)).toStrictEqual(['links', 'links_by_right']);
  expect(made[0]?.sql).toMatch(/WITHOUT ROWID$/);
});

describe('the connection for queries', () => {
  it.each([
    ['a Date', new Date(0)],
    ['undefined', undefined],
    ['text with U+0000', 'a\0b'],
  ])('refuses %s', async (_, wrong) => {
    const model = await open();
    await expect(model.queries.query('SELECT ? AS a', [wrong])).rejects.toThrow(/parameter 1/);
  });
});

describe('the file', () => {
  it('is the owner’s alone', async () => {
    const first = await open();
    await first.write((tx) => tx.upsert(PersonRow, [person('a')]));
    for (const name of readdirSync(join(folder, 'sub'))) {
      expect(statSync(join(folder, 'sub', name)).mode & 0o777).toBe(0o600);
    }
  });
});

describe('scrub', () => {
  const everything = () =>
    readdirSync(join(folder, 'sub'))
      .map((name) => readFileSync(join(folder, 'sub', name), 'latin1'))
      .join('\n');

  it('leaves nothing of a deleted or overwritten row in the database and its log', async () => {
    const model = await open();
    await model.write((tx) =>
      tx.upsert(PersonRow, [person('a', { familyName: 'Kowalczyk-Deleted' }), person('b')]),
    );
    await model.write((tx) => tx.upsert(PersonRow, [person('b', { familyName: 'Okonkwo-Overwritten' })]));
    await model.write((tx) => tx.upsert(PersonRow, [person('b', { familyName: 'Nguyen-Kept' })]));
    await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
    expect(everything()).toMatch(/Kowalczyk-Deleted/);

    expect(await model.scrub()).toBe(true);

    expect(everything()).not.toMatch(/Kowalczyk-Deleted|Okonkwo-Overwritten/);
    expect(everything()).toMatch(/Nguyen-Kept/);
  });

  it('says when a reader is in the way, without waiting for it', async () => {
    const model = await open();
    const reader = await open({ readOnly: true });
    await model.write((tx) => tx.upsert(PersonRow, [person('a', { familyName: 'Kowalczyk-Deleted' })]));
    await reader.queries.query('BEGIN');
    await reader.queries.query('SELECT * FROM person_rows');
    await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
    // It would wait for 1 s; the disk alone may take as long once, but not each time.
    const took: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      const before = performance.now();
      expect(await model.scrub()).toBe(false);
      took.push(performance.now() - before);
    }
    expect(Math.min(...took)).toBeLessThan(500);
    expect(everything()).toMatch(/Kowalczyk-Deleted/);

    await reader.queries.query('COMMIT');
    expect(await model.scrub()).toBe(true);
    expect(everything()).not.toMatch(/Kowalczyk-Deleted/);
  });

  it('with a rewrite leaves no copies of rows that moved between pages', async () => {
    const model = await open();
    const random = fc.sample(fc.uuid(), { numRuns: 6_000, seed: 7 });
    let live: string[] = [];
    for (let start = 0; start < random.length; start += 200) {
      const next = random.slice(start, start + 200);
      await model.write((tx) =>
        tx.upsert(
          PersonRow,
          next.map((id) => person(id, { familyName: `Name ${id}` })),
        ),
      );
      live.push(...next);
      const gone = live.filter((id) => /[02468]$/.test(id));
      await model.write((tx) => tx.remove(PersonRow, 'personId', gone));
      live = live.filter((id) => !/[02468]$/.test(id));
    }
    expect(await model.scrub({ rewrite: true })).toBe(true);

    const text = everything();
    expect(live.filter((id) => !text.includes(`Name ${id}`))).toStrictEqual([]);
    expect(random.filter((id) => /[02468]$/.test(id) && text.includes(id))).toStrictEqual([]);
  });
});
