// package-lock.json must install everywhere: `npm ci` fails where the entry of an optional platform package is missing
// (npm writes such locks without a word), and an address of a registry would bind all to the one it was written at.
import { readFileSync } from 'node:fs';

const [file = new URL('../package-lock.json', import.meta.url)] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync(file, 'utf8'));

/** Where npm may have put what the package at `path` depends on, nearest first. */
const placesOf = function* (path, name) {
  for (let folder = path; folder !== '';) {
    yield `${folder}/node_modules/${name}`;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
  yield `node_modules/${name}`;
};

const problems = [];
for (const [path, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const found = [...placesOf(path, name)].some((place) => place in packages);
    if (!found) problems.push(`no entry for ${name}, an optional dependency of ${path || 'the workspace'}`);
  }
  if (!entry.link && entry.resolved !== undefined) problems.push(`${path} says where it was downloaded from`);
}

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) {
  console.error(
    `package-lock.json: ${problems.length} problems; CONTRIBUTING.md, "Dependencies", says what to do`,
  );
  process.exitCode = 1;
}
