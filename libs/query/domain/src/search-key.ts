/** How names are compared in searches: upper case, no accents, letters only. */
export const searchKey = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toUpperCase()
    .replace(/[^\p{Letter}]+/gu, '');

/** How identifiers are compared in searches. */
export const identifierKey = (text: string): string => text.trim().toUpperCase();
