import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Files of a data folder that hold a word in clear, in any case of its letters. */
export const filesHolding = (folder: string, word: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'latin1').toUpperCase().includes(word.toUpperCase()))
    .map((file) => basename(file));
