import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const BOUNDARY = '@nx/enforce-module-boundaries';
const IMPORT = 'no-restricted-imports';

/** Where the planted text would stand, the text, and the rule that must refuse it. */
type Planted = readonly [path: string, text: string, rule: string | undefined];

const DOMAIN = 'libs/privacy/domain/src/planted.ts';
const FEATURE = 'libs/ingestion/feature/src/planted.ts';
const GATE = 'libs/privacy/gate/src/planted.ts';
const PLATFORM = 'libs/platform/event-store/src/planted.ts';
const CONTRACTS = 'libs/contracts/src/planted.ts';

const REFUSED: readonly Planted[] = [
  ...[
    'node:fs',
    'fs',
    '@nestjs/common',
    'typeorm',
    'kafkajs',
    '@eventstore/db-client',
    'class-validator',
    'rxjs',
  ].map((name): Planted => [DOMAIN, `export * from '${name}';`, IMPORT]),
  [DOMAIN, `import type { Stats } from 'node:fs';\nexport type Planted = Stats;`, IMPORT],
  [DOMAIN, `export const planted = import('node:fs');`, 'no-restricted-syntax'],
  [DOMAIN, `export const planted = require('node:fs');`, 'no-restricted-globals'],
  [DOMAIN, `export const planted = new Date();`, 'no-restricted-syntax'],
  [DOMAIN, `export const planted = Date();`, 'no-restricted-syntax'],
  [DOMAIN, `export const planted = Date.now();`, 'no-restricted-properties'],
  [DOMAIN, `export const planted = Math.random();`, 'no-restricted-properties'],
  [DOMAIN, `export const planted = crypto.randomUUID();`, 'no-restricted-globals'],
  [DOMAIN, `export * from '@registry/contracts';`, BOUNDARY],
  [DOMAIN, `export * from '@registry/event-store';`, BOUNDARY],
  [DOMAIN, `export * from '@registry/identity-domain';`, BOUNDARY],
  ['libs/identity/domain/src/planted.ts', `export * from '@registry/privacy-gate';`, BOUNDARY],
  [FEATURE, `export * from '@registry/directory-feature';`, BOUNDARY],
  [FEATURE, `export * from '@registry/identity-domain';`, BOUNDARY],
  [FEATURE, `export * from '../../../identity/domain/src/index.js';`, BOUNDARY],
  [FEATURE, `export * from '@registry/testing';`, BOUNDARY],
  [FEATURE, `export * from '@registry/contracts/src/topics.js';`, IMPORT],
  [FEATURE, `export * from 'not-in-package-json';`, BOUNDARY],
  [FEATURE, `console.log('planted');`, 'no-console'],
  [GATE, `export * from '@registry/identity-domain';`, BOUNDARY],
  [PLATFORM, `export * from '@registry/privacy-domain';`, BOUNDARY],
  [CONTRACTS, `export * from '@registry/event-store';`, BOUNDARY],
  ['apps/query/src/planted.ts', `export * from '@registry/privacy-domain';`, BOUNDARY],
  ['apps/registry/src/planted.ts', `export * from '@registry/hl7v2';`, BOUNDARY],
  [FEATURE, `export * from '@registry/hl7v2/testing';`, IMPORT],
  ['apps/registry/e2e/planted.ts', `export * from '@registry/hl7v2/src/testing/index.js';`, IMPORT],
];

const ALLOWED: readonly Planted[] = (
  [
    [DOMAIN, `export const planted = new Date('2026-01-31T00:00:00Z');`],
    ['libs/privacy/domain/src/planted.spec.ts', `export * from 'fast-check';\nexport * from 'node:fs';`],
    ['libs/privacy/domain/src/planted.spec.ts', `export * from '@registry/testing';`],
    [FEATURE, `export * from '@registry/ingestion-domain';\nexport * from '@registry/privacy-gate';`],
    [FEATURE, `export * from '@registry/contracts';\nexport * from '@registry/hl7v2';`],
    [FEATURE, `export * from 'node:fs';\nexport * from '@nestjs/common';\nexport const now = new Date();`],
    [GATE, `export * from '@registry/privacy-domain';`],
    ['apps/registry/src/planted.ts', `export * from '@registry/directory-feature';\nconsole.log('planted');`],
    ['apps/registry/e2e/planted.ts', `export * from '@registry/hl7v2/testing';`],
  ] as const
).map(([path, text]) => [path, text, undefined]);

interface Message {
  readonly ruleId: string | null;
  readonly severity: number;
  readonly message: string;
}

/** What a module of this workspace prints; Jest itself cannot load these. */
const outputOf = (args: readonly string[], input = ''): unknown => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

const lint = (planted: readonly Planted[]): Message[][] => {
  const texts = planted.map(([path, text]) => ({ path, text: `${text}\n` }));
  return outputOf(['tools/lint-texts.mjs'], JSON.stringify(texts)) as Message[][];
};

const PRINT_CONSTRAINTS = `
  import { depConstraints } from './tools/boundaries.mjs';
  process.stdout.write(JSON.stringify(depConstraints()));
`;

const knownTags = (): string[] => {
  const constraints = outputOf(['--input-type=module', '--eval', PRINT_CONSTRAINTS]);
  return (constraints as { sourceTag: string }[]).map(({ sourceTag }) => sourceTag);
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('the boundaries between projects', () => {
  let messages: readonly Message[][];
  beforeAll(() => {
    messages = lint([...REFUSED, ...ALLOWED]);
  }, 60_000);

  it.each(REFUSED.map((planted, index) => [...planted, index] as const))(
    'refuse in %s: %s (%s)',
    (_path, _text, rule, index) => {
      expect(messages[index]).toContainEqual(expect.objectContaining({ ruleId: rule, severity: 2 }));
    },
  );

  it.each(ALLOWED.map(([path, text], index) => [path, text, REFUSED.length + index] as const))(
    'allow in %s: %s',
    (_path, _text, index) => {
      expect(messages[index]).toStrictEqual([]);
    },
  );

  it('know the scope and the type of every project', () => {
    const known = knownTags();
    const { references } = readJson('tsconfig.json') as { references: { path: string }[] };
    const wrong = references.filter(({ path }) => {
      const { nx } = readJson(join(path, 'package.json')) as { nx?: { tags?: string[] } };
      const kinds = nx?.tags?.filter((tag) => known.includes(tag)).map((tag) => tag.split(':')[0]);
      const isDomain = nx?.tags?.includes('type:domain') === true;
      return kinds?.sort().join() !== 'scope,type' || isDomain !== path.endsWith('/domain');
    });
    expect(wrong).toStrictEqual([]);
  });
});
