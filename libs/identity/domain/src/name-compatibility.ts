import { nicknameGroups } from './nicknames.js';

/** Upper case, no accents, letters only; words kept apart by one space. */
export const normalizeName = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toUpperCase()
    .replace(/['’.]/g, '')
    .replace(/[^\p{Letter}]+/gu, ' ')
    .trim();

const SHORTEST_PREFIX = 3;

/**
 * Could these be first names of one person? Equal, one a prefix of the other (Chris, Christopher), a shared first
 * word (Mary, Mary Ann), or short forms of one name (Bill, William). Deliberately narrow: twins' names often differ in one letter, so no edit distance links here.
 * Both as `normalizeName` gives them: what is known is compared with each new name on its birth date.
 */
export const compatibleFirstNames = (left: string, right: string): boolean => {
  if (left === '' || right === '') return false;
  if (left === right) return true;
  const [leftFirst = '', rightFirst = ''] = [left.split(' ')[0], right.split(' ')[0]];
  if (leftFirst === rightFirst) return true;
  const [shorter, longer] =
    leftFirst.length < rightFirst.length ? [leftFirst, rightFirst] : [rightFirst, leftFirst];
  if (shorter.length >= SHORTEST_PREFIX && longer.startsWith(shorter)) return true;
  const groups = nicknameGroups(leftFirst);
  return groups.length > 0 && nicknameGroups(rightFirst).some((group) => groups.includes(group));
};

/** Keys such that compatible first names share one: names that share one need not be compatible. None for what is no name. */
export const firstNameKeys = (given: string): readonly string[] => {
  const [first = ''] = normalizeName(given).split(' ');
  if (first === '' || isPlaceholderName(given)) return [];
  return [first.slice(0, SHORTEST_PREFIX), ...nicknameGroups(first).map((group) => `#${group}`)];
};

/** What registers and clinics write while a child has no name. */
const PLACEHOLDERS = new Set([
  'BABY', 'BABYBOY', 'BABYGIRL', 'BOY', 'GIRL', 'INFANT', 'NEWBORN', 'TWIN', 'TRIPLET', 'MALE', 'FEMALE',
  'UNKNOWN', 'UNK', 'UNNAMED', 'NO NAME', 'NONAME', 'NOT NAMED', 'NAME', 'TEST', 'X', 'XX', 'NA', 'NFN',
]); // prettier-ignore

/** Is this no name at all, but what stands where one is missing: Baby Boy, Twin A, Olsons girl? */
export const isPlaceholderName = (name: string): boolean => {
  const normalized = normalizeName(name);
  const [first = ''] = normalized.split(' ');
  return (
    normalized === '' ||
    PLACEHOLDERS.has(normalized) ||
    PLACEHOLDERS.has(first) ||
    /S(?:BOY|GIRL)$/.test(normalized)
  );
};
