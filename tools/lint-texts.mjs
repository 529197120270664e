// Lints texts as if they stood in files of this workspace: [{ path, text }] on stdin, the messages of each on stdout.
// A process of its own for boundaries.int-spec.ts, because Jest cannot load ESLint's configuration.
import { readFileSync } from 'node:fs';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// Without a project graph the boundary rule passes over everything.
await createProjectGraphAsync();

// The files do not exist, so there are no types to lint with.
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

const answers = [];
for (const { path, text } of JSON.parse(readFileSync(0, 'utf8'))) {
  const [result] = await eslint.lintText(text, { filePath: path });
  answers.push(result.messages.map(({ ruleId, severity, message }) => ({ ruleId, severity, message })));
}
process.stdout.write(JSON.stringify(answers));
