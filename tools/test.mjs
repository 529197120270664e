// `npm test`: everything a change must pass, stopping at the first failure. Ends with `N passed, N failed, N skipped`.
//   --long                     also what takes long: sets LONG_TESTS=1, which suites read
//   --kinds=unit,integration   only these of lint, typecheck, unit, integration, e2e, services; services, which starts
//                              servers of its own (needs Java and Maven) and expects PostgreSQL at PG*, only if named
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT_KINDS = ['lint', 'typecheck', 'unit', 'integration', 'e2e'];
const KINDS = [...DEFAULT_KINDS, 'services'];

const options = parseArgs({ options: { long: { type: 'boolean' }, kinds: { type: 'string' } } }).values;
const kinds = options.kinds?.split(',') ?? DEFAULT_KINDS;
const unknown = kinds.find((kind) => !KINDS.includes(kind));
if (unknown !== undefined) {
  console.error(`There is no kind "${unknown}"; there are ${KINDS.join(', ')}.`);
  process.exit(2);
}
if (options.long) process.env.LONG_TESTS = '1';

const reports = mkdtempSync(join(tmpdir(), 'registry-tests-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

/** Returns the exit code; that of a process killed by a signal is 1. */
const run = (program, args) =>
  spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;

const runScript = (name) => run('npm', ['run', '--silent', name]);

const total = { passed: 0, failed: 0, skipped: 0 };
const skipped = new Map();

const runJest = (kind) => {
  const report = join(reports, `${kind}.json`);
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const inBand = kind === 'e2e' || kind === 'services' ? ['--runInBand'] : [];
  const code = run(process.execPath, [
    ...[jest, '--selectProjects', kind, '--passWithNoTests', ...inBand],
    ...['--json', `--outputFile=${report}`],
  ]);
  count(JSON.parse(readFileSync(report, 'utf8')));
  return code;
};

const count = (results) => {
  total.passed += results.numPassedTests;
  // A suite that could not even be loaded has no tests to count.
  total.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  total.skipped += results.numPendingTests + results.numTodoTests;
  for (const suite of results.testResults) {
    for (const { status, ancestorTitles, title } of suite.assertionResults) {
      if (status !== 'pending' && status !== 'todo') continue;
      const name = `${relative(ROOT, suite.name)}: ${ancestorTitles[0] ?? title}`;
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
    }
  }
};

const steps = {
  lint: () => runScript('lint'),
  typecheck: () => runScript('typecheck'),
  unit: () => runJest('unit'),
  integration: () => runJest('integration'),
  // Runs what is built, which `typecheck` has just seen to.
  e2e: () => (kinds.includes('typecheck') ? 0 : runScript('build')) || runJest('e2e'),
  // The broker's jars once, before suites that start brokers would each fetch them.
  services: () => run(process.execPath, [join(ROOT, 'tools/kafka.mjs'), 'fetch']) || runJest('services'),
};

const times = [];
for (const kind of KINDS.filter((each) => kinds.includes(each))) {
  console.log(`\n=== ${kind}`);
  const began = performance.now();
  try {
    process.exitCode = steps[kind]();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  times.push(`${kind} ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (process.exitCode !== 0) {
    console.log(`\n=== FAILED: ${kind}`);
    total.failed ||= 1;
    break;
  }
}

console.log(`\n${times.join(', ')}`);
if (skipped.size > 0) {
  console.log('\n!!! SKIPPED, because something they need is not here (a server, or LONG_TESTS=1):');
  for (const [name, tests] of skipped) console.log(`!!!   ${name} (${tests})`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
