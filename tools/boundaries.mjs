/**
 * Which project may depend on which, by the tags in their package.json: one `scope:` (whose it is) and one `type:`
 * (what it is) each. A dependency needs both tables' consent. There is no rule for everything: a project without tags
 * may depend on nothing.
 */

export const CONTEXTS = ['ingestion', 'identity', 'privacy', 'reminders', 'query', 'directory'];

const SHARED = ['platform', 'contracts', 'standards'];

const SCOPES = {
  ...Object.fromEntries(CONTEXTS.map((context) => [context, [context, ...SHARED]])),
  // Programs: they put services together, one or all.
  registry: ['registry', ...CONTEXTS, ...SHARED],
  platform: ['platform', 'contracts'],
  contracts: ['contracts'],
  standards: ['standards'],
  testing: ['testing', ...CONTEXTS, ...SHARED],
};

const TYPES = {
  domain: ['domain'],
  contracts: ['contracts'],
  standard: ['standard'],
  platform: ['platform', 'contracts'],
  gate: ['domain', 'contracts', 'platform'],
  feature: ['domain', 'gate', 'contracts', 'platform', 'standard'],
  app: ['feature', 'gate', 'contracts', 'platform'],
  testing: ['domain', 'gate', 'feature', 'contracts', 'platform', 'standard', 'testing'],
};

/** Beyond that in tests: what a program is sent is written in the formats of its clients. */
const TYPES_IN_TESTS = { app: ['standard'] };

/** The release gate is the one library of a context that the others may import; TYPES says which of their libraries. */
const GATE = 'type:gate';

/** The constraints of `@nx/enforce-module-boundaries`. `inTests`: those of test files, which may use `libs/testing` too. */
export const depConstraints = ({ inTests = false } = {}) => {
  const testing = (tag) => (inTests ? [tag] : []);
  return [
    ...Object.entries(SCOPES).map(([scope, allowed]) => ({
      sourceTag: `scope:${scope}`,
      onlyDependOnLibsWithTags: [
        ...allowed.map((each) => `scope:${each}`),
        GATE,
        ...testing('scope:testing'),
      ],
    })),
    ...Object.entries(TYPES).map(([type, allowed]) => ({
      sourceTag: `type:${type}`,
      onlyDependOnLibsWithTags: [
        ...allowed.map((each) => `type:${each}`),
        ...['testing', ...(TYPES_IN_TESTS[type] ?? [])].flatMap((each) => testing(`type:${each}`)),
      ],
    })),
  ];
};
