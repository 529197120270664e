const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const kind = (displayName, suffix, extra = {}) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/{apps,libs,tools}/**/*.${suffix}.ts`],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/'],
  // Libraries are tested from their sources, not from what was built last.
  testEnvironmentOptions: { customExportConditions: ['@registry/source', 'require', 'node', 'default'] },
  setupFiles: ['<rootDir>/tools/jest-setup.js'],
  ...extra,
});

module.exports = {
  maxWorkers: 2,
  // What waits for a process, a thread or a server says nothing about their speed: only what hangs shall fail.
  testTimeout: 30_000,
  reporters: ['default'],
  projects: [
    kind('unit', 'spec'),
    kind('integration', 'int-spec'),
    kind('e2e', 'e2e-spec'),
    // Need servers of their own, such as a Kafka broker: not part of `npm test`.
    kind('services', 'services-spec'),
  ],
};
