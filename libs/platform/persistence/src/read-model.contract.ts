import fc from 'fast-check';
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { clusterTable, type EntityClass, type ReadModel, type ReadModelTransaction } from './index.js';

export interface PersonRow {
  personId: string;
  familyName: string;
  revision: number | null;
  hidden: boolean;
  digest: Uint8Array | null;
}

@Entity({ name: 'links' })
export class LinkRow {
  @PrimaryColumn({ type: 'text' })
  left!: string;
  @PrimaryColumn({ type: 'text' })
  right!: string;
}

export interface Tables {
  readonly PersonRow: EntityClass<PersonRow>;
  readonly entities: readonly EntityClass<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** @param bytes the database's own name of that type, the only one that is not the same everywhere */
export function tablesWith(bytes: 'blob' | 'bytea'): Tables {
  @Entity({ name: 'person_rows' })
  class PersonEntity implements PersonRow {
    @PrimaryColumn({ type: 'text', name: 'person_id' })
    personId!: string;
    @Column({ type: 'text', name: 'family_name' })
    familyName!: string;
    @Column({ type: 'integer', nullable: true })
    revision!: number | null;
    @Column({ type: 'boolean', name: 'is_hidden' })
    hidden!: boolean;
    @Column({ type: bytes, nullable: true })
    digest!: Uint8Array | null;
  }

  class Schema1700000000000 implements MigrationInterface {
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(
        `CREATE TABLE person_rows (person_id text PRIMARY KEY, family_name text NOT NULL,
           revision integer, is_hidden boolean NOT NULL, digest ${bytes})`,
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

  return {
    PersonRow: PersonEntity,
    entities: [PersonEntity, LinkRow],
    migrations: [Schema1700000000000],
  };
}

export class More1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE more (id text PRIMARY KEY)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE more');
  }
}

/** Its rows lie in the key, where the database knows that. */
export class Clustered1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await clusterTable(runner, {
      name: 'links',
      columns: [
        { name: 'left', type: 'text', isPrimary: true },
        { name: 'right', type: 'text', isPrimary: true },
      ],
      indices: [{ name: 'links_by_right', columnNames: ['right'] }],
    });
  }
  down(): Promise<void> {
    throw new Error('not here');
  }
}

export const person = (personId: string, changes: Partial<PersonRow> = {}): PersonRow => ({
  personId,
  familyName: `Family of ${personId}`,
  revision: 0,
  hidden: false,
  digest: null,
  ...changes,
});

export interface Opening {
  readonly migrations?: readonly (new () => MigrationInterface)[];
  readonly entities?: readonly EntityClass<object>[];
  readonly readOnly?: boolean;
  readonly waitFor?: number;
}

/** Asks again while something is in the way, such as a transaction of another suite on the same server. */
export const scrubPatiently = async (
  model: ReadModel,
  options?: Parameters<ReadModel['scrub']>[0],
): Promise<void> => {
  while (!(await model.scrub(options)));
};

export const allIds = async (model: ReadModel) =>
  (await model.select<{ id: string }>('SELECT person_id AS id FROM person_rows ORDER BY person_id')).map(
    (row) => row.id,
  );

/** What every adapter does. `open` opens the place that `fresh` made, and closes it after the test. */
export function readModelContract(
  name: string,
  { PersonRow, migrations }: Tables,
  fresh: () => Promise<void>,
  open: (changes?: Opening) => Promise<ReadModel>,
): void {
  describe(`${name} as read model`, () => {
    beforeEach(fresh);

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
        await expect(half).rejects.toThrow(/NOT NULL|23502/);
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
        await expect(model.write(() => Promise.resolve())).rejects.toMatchObject({
          code: 'READ_MODEL.CLOSED',
        });
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
        await expect(model.select('SELECT ? AS a, ? AS b', ['fine', wrong])).rejects.toBeInstanceOf(
          TypeError,
        );
        await expect(model.write((tx) => tx.upsert(PersonRow, [person(wrong)]))).rejects.toThrow(
          /PersonEntity.personId/,
        );
        await expect(model.write((tx) => tx.find(PersonRow, 'personId', [wrong]))).rejects.toBeInstanceOf(
          TypeError,
        );
        expect(await allIds(model)).toStrictEqual([]);
      });

      it('take no writing through the connection for queries', async () => {
        const model = await open();
        await expect(model.queries.getRepository(PersonRow).insert(person('a'))).rejects.toThrow(
          /read-?only/,
        );
      });
    });

    describe('the schema', () => {
      it('is made once, and completed by later migrations', async () => {
        const first = await open();
        await first.write((tx) => tx.upsert(PersonRow, [person('a')]));
        await first.close();

        const again = await open({ migrations: [...migrations, More1700000000001] });
        expect(await allIds(again)).toStrictEqual(['a']);
        expect(await again.select('SELECT * FROM more')).toStrictEqual([]);
      });

      it('has tables whose rows lie in the key, with the rows of before', async () => {
        const first = await open();
        await first.write((tx) => tx.upsert(LinkRow, [{ left: 'a', right: 'b' }]));
        await first.close();

        const again = await open({ migrations: [...migrations, Clustered1700000000002] });
        await again.write((tx) =>
          tx.insertIfAbsent(LinkRow, [
            { left: 'a', right: 'b' },
            { left: 'a', right: 'B' },
          ]),
        );
        expect(await again.select('SELECT "left", "right" FROM links ORDER BY "right"')).toStrictEqual([
          { left: 'a', right: 'B' },
          { left: 'a', right: 'b' },
        ]);
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

    describe('texts', () => {
      it('are compared and ordered byte by byte', async () => {
        const model = await open();
        const names = ['Zoe', 'anna', 'Ørsted', 'Anna', 'a b', 'a-b', 'ab', '_', '9', '\u{1F600}', '\uFFFD'];
        await model.write((tx) =>
          tx.upsert(
            PersonRow,
            names.map((id) => person(id)),
          ),
        );
        const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(await allIds(model)).toStrictEqual(sorted);
        const after = await model.select<{ id: string }>(
          'SELECT person_id AS id FROM person_rows WHERE person_id > ? ORDER BY person_id',
          ['a'],
        );
        expect(after.map(({ id }) => id)).toStrictEqual(
          sorted.filter((id) => Buffer.compare(Buffer.from(id), Buffer.from('a')) > 0),
        );
      });
    });

    describe('selected values', () => {
      it('are text, numbers, 0 or 1, bytes and null', async () => {
        const model = await open();
        await model.write((tx) =>
          tx.upsert(PersonRow, [
            person('a', { hidden: true, revision: 7, digest: Uint8Array.of(0, 1, 255) }),
            person('b', { revision: null }),
          ]),
        );
        expect(
          await model.select(
            'SELECT person_id, is_hidden, revision, digest FROM person_rows WHERE NOT is_hidden OR revision = ? ORDER BY person_id',
            [7],
          ),
        ).toStrictEqual([
          { person_id: 'a', is_hidden: 1, revision: 7, digest: Uint8Array.of(0, 1, 255) },
          { person_id: 'b', is_hidden: 0, revision: null, digest: null },
        ]);
        expect(
          await model.select(
            `SELECT count(*) AS many, sum(revision) AS total, '?' AS mark FROM person_rows WHERE is_hidden = ?`,
            [true],
          ),
        ).toStrictEqual([{ many: 1, total: 7, mark: '?' }]);
      });
    });

    describe('scrubbing', () => {
      it.each([false, true])('leaves what is there; rewritten: %s', async (rewrite) => {
        const model = await open();
        await model.write((tx) => tx.upsert(PersonRow, [person('a'), person('b')]));
        await model.write((tx) => tx.remove(PersonRow, 'personId', ['a']));
        await scrubPatiently(model, { rewrite });
        expect(await allIds(model)).toStrictEqual(['b']);
      });
    });
  });
}
