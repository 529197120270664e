// `npm run build`: compiles what changed. Imported by start.mjs, which asks first whether anything did.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, 'dist/built');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

const mtime = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

/** A project's inputs. Folders count too: theirs is the only time that changes when a file is deleted or renamed. */
const inputsOf = (project) => {
  const source = join(project, 'src');
  const files = readdirSync(source, { recursive: true }).filter(
    (file) => !/(spec|\.contract)\.ts$/.test(file),
  );
  return [
    join(project, 'tsconfig.json'),
    join(project, 'package.json'),
    source,
    ...files.map((file) => join(source, file)),
  ];
};

/** Whether anything that goes into the build is newer than the last one. Costs a few milliseconds. */
export const isStale = () => {
  const built = mtime(STAMP);
  if (built === undefined) return true;
  const config = join(ROOT, 'tsconfig.json');
  const projects = JSON.parse(readFileSync(config, 'utf8')).references.map(({ path }) => join(ROOT, path));
  if (projects.some((project) => mtime(join(project, 'dist/.tsbuildinfo')) === undefined)) return true;
  const shared = [config, join(ROOT, 'tsconfig.base.json'), join(ROOT, 'package-lock.json')];
  return [...shared, ...projects.flatMap(inputsOf)].some((path) => (mtime(path) ?? Infinity) > built);
};

/** Returns the exit code. */
export const build = () => {
  if (mtime(COMPILER) === undefined) {
    console.error('Dependencies are missing: run `npm ci` first.');
    return 1;
  }
  const began = new Date();
  const { status } = spawnSync(process.execPath, [COMPILER, '--build'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, '');
  // What was edited while the compiler ran is newer than this.
  utimesSync(STAMP, began, began);
  return 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build();
