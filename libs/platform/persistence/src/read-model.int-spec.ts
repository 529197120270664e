import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { openReadModel, type ReadModel, type ReadModelTransaction } from './index.js';

@Entity({ name: 'person_rows' })
class PersonRow {
  @PrimaryColumn({ type: 'text', name: 'person_id' })
  personId!: string;
  @Column({ type: 'text', name: 'family_name' })
  familyName!: string;
  @Column({ type: 'integer', nullable: true })
  revision!: number | null;
  @Column({ type: 'boolean', name: 'is_hidden' })
  hidden!: boolean;
  @Column({ type: 'blob', nullable: true })
  digest!: Uint8Array | null;
}

@Entity({ name: 'links' })
class LinkRow {
  @PrimaryColumn({ type: 'text' })
  left!: string;
  @PrimaryColumn({ type: 'text' })
  right!: string;
}

class Schema1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE person_rows (person_id text PRIMARY KEY, family_name text NOT NULL,
         revision integer, is_hidden boolean NOT NULL, digest blob)`,
    );
    await runner.query(`CREATE INDEX person_rows_family_name ON person_rows (family_name)`);
    await runner.query(
      `CREATE TABLE links ("left" text NOT NULL, "right" text NOT NULL, PRIMARY KEY ("left", "right"))`,
    );
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE links');
    await runner.query('DROP TABLE person_rows');
  }
}

class More1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE more (id text PRIMARY KEY)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE more');
  }
}

const entities = [PersonRow, LinkRow];
const migrations = [Schema1700000000000];
const person = (personId: string, changes: Partial<PersonRow> = {}): PersonRow => ({
  personId,
  familyName: `Family of ${personId}`,
  revision: 0,
  hidden: false,
  digest: null,
  ...changes,
});

let folder: string;
let file: string;
const opened: ReadModel[] = [];

async function open(changes: Partial<Parameters<typeof openReadModel>[0]> = {}): Promise<ReadModel> {
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

const allIds = async (model: ReadModel) =>
  (await model.select<{ id: string }>('SELECT person_id AS id FROM person_rows ORDER BY person_id')).map(
    (row) => row.id,
  );

describe('transactions', () => {
  it('never interleave: one that rolls back takes nothing of another with it', async () => {
    const model = await open();
    const steps: string[] = [];
    const slow = async (tx: ReadModelTransaction, id: string) => {
      steps.push(`${id} begins`);
      await tx.upsert(PersonRow, [person(`${id}1`)]);
      await new Promise((resolve) => setImmediate(resolve));
      await tx.upsert(PersonRow, [person(`${id}2`)]);
      steps.push(`${id} ends`);
    };
    const outcomes = await Promise.allSettled([
      model.write(async (tx) => {
        await slow(tx, 'a');
        throw new Error('changed my mind');
      }),
      model.write((tx) => slow(tx, 'b')),
    ]);

    expect(outcomes.map((outcome) => outcome.status)).toStrictEqual(['rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({ reason: new Error('changed my mind') });
    expect(steps).toStrictEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(await allIds(model)).toStrictEqual(['b1', 'b2']);
  });

  it('are seen by readers when committed, and by themselves before', async () => {
    const model = await open();
    await model.write(async (tx) => {
      await tx.upsert(PersonRow, [person('a')]);
      expect(await tx.find(PersonRow, 'personId', ['a'])).toStrictEqual([person('a')]);
      expect(await allIds(model)).toStrictEqual([]);
    });
    expect(await allIds(model)).toStrictEqual(['a']);
    expect(await model.queries.getRepository(PersonRow).countBy({ hidden: false })).toBe(1);
  });

  it('roll back when a statement failed, even if nobody minded', async () => {
    const model = await open();
    const half = model.write(async (tx) => {
      await tx.upsert(PersonRow, [person('a')]);
      await tx
        .upsert(PersonRow, [person('b', { familyName: null as unknown as string })])
        .catch(() => undefined);
    });
    await expect(half).rejects.toThrow(/NOT NULL/);
    expect(await allIds(model)).toStrictEqual([]);
  });

  it('refuse statements after their end', async () => {
    const model = await open();
    const tx = await model.write((inside) => Promise.resolve({ inside }));
    await expect(tx.inside.upsert(PersonRow, [person('late')])).rejects.toMatchObject({
      code: 'READ_MODEL.CLOSED',
    });
    expect(await allIds(model)).toStrictEqual([]);
  });

  it('that are queued finish before the model closes; later ones are refused', async () => {
    const model = await open();
    const queued = [1, 2, 3].map((n) => model.write((tx) => tx.upsert(PersonRow, [person(`p${n}`)])));
    await model.close();
    await Promise.all(queued);
    await expect(model.write(() => Promise.resolve())).rejects.toMatchObject({ code: 'READ_MODEL.CLOSED' });
    await expect(model.select('SELECT 1')).rejects.toMatchObject({ code: 'READ_MODEL.CLOSED' });
    expect(await allIds(await open())).toStrictEqual(['p1', 'p2', 'p3']);
  });
});

describe('rows', () => {
  const ids = fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `p${i}`));
  const row = fc.record<PersonRow>(
    {
      personId: ids,
      familyName: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
      revision: fc.option(fc.integer()),
      hidden: fc.boolean(),
      digest: fc.option(fc.uint8Array({ maxLength: 8 })),
    },
    { noNullPrototype: true },
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('upsert' as const), rows: fc.array(row, { maxLength: 150 }) }),
    fc.record({ kind: fc.constant('rename' as const), rows: fc.array(row, { maxLength: 20 }) }),
    fc.record({ kind: fc.constant('insertIfAbsent' as const), rows: fc.array(row, { maxLength: 20 }) }),
    fc.record({ kind: fc.constant('remove' as const), ids: fc.array(ids, { maxLength: 6 }) }),
    fc.record({ kind: fc.constant('unhide' as const) }),
  );

  it('behave as a map by primary key', async () => {
    const model = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const expected = new Map<string, PersonRow>();
        await model.write(async (tx) => {
          await tx.remove(PersonRow, 'hidden', [true, false]);
          for (const each of steps) {
            switch (each.kind) {
              case 'upsert':
                await tx.upsert(PersonRow, each.rows);
                for (const next of each.rows) expected.set(next.personId, next);
                break;
              case 'rename':
                await tx.upsert(PersonRow, each.rows, ['familyName']);
                for (const next of each.rows) {
                  const before = expected.get(next.personId) ?? next;
                  expected.set(next.personId, { ...before, familyName: next.familyName });
                }
                break;
              case 'insertIfAbsent':
                await tx.insertIfAbsent(PersonRow, each.rows);
                for (const next of each.rows)
                  if (!expected.has(next.personId)) expected.set(next.personId, next);
                break;
              case 'remove':
                await tx.remove(PersonRow, 'personId', each.ids);
                for (const id of each.ids) expected.delete(id);
                break;
              case 'unhide':
                await tx.remove(PersonRow, 'hidden', [true]);
                for (const [id, { hidden }] of expected) if (hidden) expected.delete(id);
            }
          }
          const found = await tx.find(PersonRow, 'hidden', [true, false, true]);
          expect(new Map(found.map((each) => [each.personId, each]))).toStrictEqual(expected);
          expect(found).toHaveLength(expected.size);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are found and removed by any number of values, once each', async () => {
    const model = await open();
    const many = Array.from({ length: 1_500 }, (_, i) => `p${i}`);
    await model.write(async (tx) => {
      await tx.upsert(
        PersonRow,
        many.map((id) => person(id)),
      );
      expect(await tx.find(PersonRow, 'personId', [...many, ...many, 'unknown'])).toHaveLength(1_500);
      expect(await tx.find(PersonRow, 'personId', [])).toStrictEqual([]);
      await tx.remove(PersonRow, 'personId', many.slice(1));
      expect(await tx.find(PersonRow, 'hidden', [false])).toStrictEqual([person('p0')]);
    });
  });

  it('of a table that is all key can be repeated', async () => {
    const model = await open();
    await model.write(async (tx) => {
      await tx.upsert(LinkRow, [
        { left: 'a', right: 'b' },
        { left: 'a', right: 'c' },
        { left: 'a', right: 'b' },
      ]);
      await tx.upsert(LinkRow, [{ left: 'a', right: 'b' }]);
      expect(await tx.find(LinkRow, 'left', ['a'])).toHaveLength(2);
    });
  });

  it('are plain objects', async () => {
    const model = await open();
    await model.write((tx) => tx.upsert(PersonRow, [person('a')]));
    const [row] = await model.select('SELECT person_id, is_hidden FROM person_rows WHERE person_id = ?', [
      'a',
    ]);
    expect(row).toStrictEqual({ person_id: 'a', is_hidden: 0 });
    expect(await model.queries.query('SELECT person_id FROM person_rows')).toStrictEqual([
      { person_id: 'a' },
    ]);
  });

  it.each([
    ['a Date', new Date(0)],
    ['an object', { a: 1 }],
    ['undefined', undefined],
    ['text with U+0000', 'a\0b'],
    ['NaN', NaN],
    ['an integer beyond doubles', 2 ** 53],
    ['a bigint', 1n],
  ])('refuse %s, wherever it stands', async (_, value) => {
    const model = await open();
    const wrong = value as unknown as string;
    await expect(model.select('SELECT ? AS a', [wrong])).rejects.toBeInstanceOf(TypeError);
    await expect(model.select('SELECT ? AS a, ? AS b', ['fine', wrong])).rejects.toBeInstanceOf(TypeError);
    await expect(model.queries.query('SELECT ? AS a', [wrong])).rejects.toThrow(/parameter 1/);
    await expect(model.write((tx) => tx.upsert(PersonRow, [person(wrong)]))).rejects.toThrow(
      /PersonRow.personId/,
    );
    await expect(model.write((tx) => tx.find(PersonRow, 'personId', [wrong]))).rejects.toBeInstanceOf(
      TypeError,
    );
    expect(await allIds(model)).toStrictEqual([]);
  });

  it('take no writing through the connection for queries', async () => {
    const model = await open();
    await expect(model.queries.getRepository(PersonRow).insert(person('a'))).rejects.toThrow(/readonly/);
  });
});

describe('the file', () => {
  it('gets its schema once, and is the owner’s alone', async () => {
    const first = await open();
    await first.write((tx) => tx.upsert(PersonRow, [person('a')]));
    for (const name of readdirSync(join(folder, 'sub'))) {
      expect(statSync(join(folder, 'sub', name)).mode & 0o777).toBe(0o600);
    }
    await first.close();

    const again = await open({ migrations: [...migrations, More1700000000001] });
    expect(await allIds(again)).toStrictEqual(['a']);
    expect(await again.select('SELECT * FROM more')).toStrictEqual([]);
  });

  it('can be read by a second handle, which sees each commit at once and cannot write', async () => {
    const writer = await open();
    const reader = await open({ readOnly: true });
    for (const id of ['a', 'b']) {
      await writer.write((tx) => tx.upsert(PersonRow, [person(id)]));
      expect(await allIds(reader)).toContain(id);
    }
    await expect(reader.write(() => Promise.resolve())).rejects.toMatchObject({
      code: 'READ_MODEL.READ_ONLY',
    });
    await expect(reader.scrub()).rejects.toMatchObject({ code: 'READ_MODEL.READ_ONLY' });
  });

  it('that is missing, or lacks a migration, is refused by a reader, or waited for', async () => {
    await expect(open({ readOnly: true })).rejects.toMatchObject({ code: 'READ_MODEL.NOT_READY' });
    const waiting = open({ readOnly: true, waitFor: 10_000 });
    const writer = await open();
    await writer.write((tx) => tx.upsert(PersonRow, [person('a')]));
    expect(await allIds(await waiting)).toStrictEqual(['a']);
    await expect(
      open({ readOnly: true, migrations: [...migrations, More1700000000001] }),
    ).rejects.toMatchObject({
      code: 'READ_MODEL.NOT_READY',
      message: expect.stringContaining('More1700000000001') as string,
    });
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
    const before = performance.now();
    expect(await model.scrub()).toBe(false);
    expect(performance.now() - before).toBeLessThan(500);
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
