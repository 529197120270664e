import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Files of a data folder that hold a word in clear, in any case of its letters. */
export const filesHolding = (folder: string, word: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => contentOf(file).toUpperCase().includes(word.toUpperCase()))
    .map((file) => basename(file));

/** Servers that run remove files meanwhile: what is gone holds nothing. */
const contentOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};
