import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CONSUMER_ENTITIES, CreateConsumerTables1700000000000 } from '@registry/messaging';
import { openPostgresReadModel, openReadModel, type ReadModel } from '@registry/persistence';
import { createDatabase, describeWithPostgres, type TestDatabase } from '@registry/testing-postgres';
import type { MigrationInterface } from 'typeorm';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');
const CONTEXTS = ['directory', 'identity', 'ingestion', 'privacy', 'query', 'reminders'];

type Migration = new () => MigrationInterface;

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/spec\.ts$|testing/.test(file))
    .map((file) => join(ROOT, folder, file));

/** Every class of a context that changes its schema, in TypeORM's order: by the number that its name ends with. */
const migrationsIn = (sources: readonly string[]): Migration[] => {
  const found = sources
    .filter((file) => readFileSync(file, 'utf8').includes('implements MigrationInterface'))
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- files are found, not named
    .flatMap((file) => Object.values(require(file) as Record<string, unknown>))
    .filter((each): each is Migration => typeof each === 'function' && /\d{13}$/.test(each.name));
  const order = ({ name }: Migration) => Number(name.slice(-13));
  return found.sort((a, b) => order(a) - order(b));
};

/** What `const <name> =` says in any of the sources, if that is a text or a number. */
const constantsIn = (sources: readonly string[]): Map<string, string> => {
  const constants = new Map<string, string>();
  for (const file of sources) {
    const visit = (node: ts.Node): void => {
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
        const { initializer } = node;
        if (ts.isStringLiteralLike(initializer) || ts.isNumericLiteral(initializer))
          constants.set(node.name.text, initializer.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(parse(file));
  }
  return constants;
};

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);

/** The texts that are given to a read model's `select`; what is computed in one stands for a list of one value. */
const selectsIn = (sources: readonly string[]): { readonly where: string; readonly sql: string }[] => {
  const constants = constantsIn(sources);
  const textOf = (node: ts.Expression | undefined, where: string): string => {
    if (node !== undefined && ts.isStringLiteralLike(node)) return node.text;
    if (node === undefined || !ts.isTemplateExpression(node)) throw new Error(`No text in ${where}`);
    return node.templateSpans.reduce((text, { expression, literal }) => {
      const value = ts.isIdentifier(expression) ? constants.get(expression.text) : '?';
      if (value === undefined) throw new Error(`No constant for what stands in ${where}`);
      return text + value + literal.text;
    }, node.head.text);
  };
  return sources.flatMap((file) => {
    const found: { where: string; sql: string }[] = [];
    const source = parse(file);
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.name.text === 'select' &&
        /readModel$/i.test(node.expression.expression.getText(source))
      ) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        const where = `${relative(ROOT, file)}:${line + 1}`;
        found.push({ where, sql: textOf(node.arguments[0], where) });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
};

const SHARED = selectsIn(sourcesIn('libs/platform/messaging/src'));

describeWithPostgres('Every query of every context', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await createDatabase();
    folder = mkdtempSync(join(tmpdir(), 'read-model-sql-'));
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  describe.each(CONTEXTS)('of %s', (context) => {
    const sources = sourcesIn(`libs/${context}/feature/src`);
    const selects = [...SHARED, ...selectsIn(sources)];
    const models: ReadModel[] = [];

    beforeAll(async () => {
      const tables = {
        entities: CONSUMER_ENTITIES,
        migrations: [CreateConsumerTables1700000000000, ...migrationsIn(sources)],
      };
      models.push(
        await openReadModel({ file: join(folder, `read-${context}.db`), ...tables }),
        await openPostgresReadModel({ connectionString: database.connectionString, context, ...tables }),
      );
    });
    afterAll(() => Promise.all(models.map((model) => model.close())));

    it.each(selects)('$where is valid on both databases', async ({ sql }) => {
      const values = Array.from(sql.matchAll(/\?/g), () => null);
      for (const model of models) expect(await model.select(sql, values)).toEqual([]);
      // PostgreSQL folds a name that is not quoted to lower case.
      expect(sql).not.toMatch(/\bAS\s+(?!MATERIALIZED\b)\w*[A-Z]/);
    });
  });

  it('is found where it is: there are some two dozen', () => {
    const all = CONTEXTS.flatMap((context) => selectsIn(sourcesIn(`libs/${context}/feature/src`)));
    expect(all.length).toBeGreaterThan(20);
  });
});
