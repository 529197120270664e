import { createRequire } from 'node:module';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { depConstraints } from './tools/boundaries.mjs';

// ESLint's own rules come with it, at its own version.
const js = createRequire(createRequire(import.meta.url).resolve('eslint'))('@eslint/js');

const globals = (...names) => Object.fromEntries(names.map((name) => [name, false]));

const SPECS = ['**/*spec.ts', '**/*.contract.ts', '**/src/testing/**/*.ts', 'apps/*/e2e/**/*.ts'];
const DOMAIN = ['libs/*/domain/src/**/*.ts'];

const boundaries = (constraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { depConstraints: constraints, banTransitiveDependencies: true },
  ],
});

/** `byDefault`: whether a `default` stands for the members of a union that have no case. */
const exhaustive = ({ byDefault }) => ({
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: byDefault, requireDefaultForNonUnion: true },
  ],
});

const DEEP_IMPORT = {
  regex: '^@registry/[^/]+/',
  message: 'Import a library by its name, through its index.',
};

/** What a library offers to tests, and to nothing else, stands behind `/testing`. */
const DEEP_IMPORT_IN_TESTS = { ...DEEP_IMPORT, regex: '^@registry/[^/]+/(?!testing$)' };

const NO_CLOCK = 'A domain has no clock: the time comes in the command.';
const NO_CHANCE = 'A domain has no random numbers: ids come in the command.';

const onlyDomains = (alsoAllowed = '') => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        DEEP_IMPORT,
        {
          regex: `^(?!\\.{1,2}/|@registry/${alsoAllowed})`,
          message: 'A domain imports domains only: no framework, no input or output.',
        },
      ],
    },
  ],
});

const noClockNoChance = {
  'no-restricted-syntax': [
    'error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: NO_CLOCK },
    { selector: 'CallExpression[callee.name="Date"]', message: NO_CLOCK },
    { selector: 'ImportExpression', message: 'A domain loads nothing at run time.' },
    { selector: 'TSImportEqualsDeclaration', message: 'A domain loads nothing at run time.' },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: NO_CLOCK },
    { object: 'Math', property: 'random', message: NO_CHANCE },
  ],
  'no-restricted-globals': [
    'error',
    ...['performance', 'setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
      name,
      message: NO_CLOCK,
    })),
    { name: 'crypto', message: NO_CHANCE },
    ...['process', 'Buffer', 'fetch', 'require', 'globalThis', 'global'].map((name) => ({
      name,
      message: 'A domain does no input or output.',
    })),
  ],
};

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', '**/coverage/', '**/data/', '**/tmp/', '.nx/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    plugins: { '@nx': nx },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-unexpected-multiline': 'off' /* as Prettier writes it */,
    },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    // One program over sources and specs; project by project takes several times as long.
    languageOptions: {
      parserOptions: { project: 'tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...boundaries(depConstraints()),
      'no-restricted-imports': ['error', { patterns: [DEEP_IMPORT] }],
      // A consumer may pass over facts it has no use for …
      ...exhaustive({ byDefault: true }),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // Leaves files with decorators alone: what Nest injects must stay an import of a value.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      // A port answers with promises, whether or not its adapter has to wait.
      '@typescript-eslint/require-await': 'off',
    },
  },

  { files: SPECS, rules: { 'no-restricted-imports': ['error', { patterns: [DEEP_IMPORT_IN_TESTS] }] } },

  // … a domain says what each of its own means.
  { files: DOMAIN, rules: { ...onlyDomains(), ...noClockNoChance, ...exhaustive({ byDefault: false }) } },
  { files: SPECS, rules: boundaries(depConstraints({ inTests: true })) },
  // Specs of domains may read golden files.
  {
    files: DOMAIN.map((domain) => domain.replace('*.ts', '*spec.ts')),
    rules: onlyDomains('|fast-check$|node:(fs|path)$'),
  },

  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: globals(
        'process',
        'console',
        'Buffer',
        'URL',
        'performance',
        'fetch',
        'setTimeout',
        'clearTimeout',
        'AbortController',
      ),
    },
  },
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: { sourceType: 'commonjs', globals: globals('require', 'module', '__dirname') },
  },
  { files: ['apps/**', 'tools/**', 'bench/**', '**/*.cjs'], rules: { 'no-console': 'off' } },
);
