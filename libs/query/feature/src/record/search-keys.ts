import { createHash } from 'node:crypto';
import { identifierKey, searchKey, type RecordSource } from '@registry/query-domain';

export interface IdentifierTerms {
  readonly authority: string;
  readonly value: string;
}

export interface NameTerms {
  readonly family: string;
  readonly given: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
}

/** Written by the projection and asked for by searches, so both make them here. */
export const keyOfIdentifier = ({ authority, value }: IdentifierTerms): string =>
  bounded(`id|${storable(identifierKey(authority))}|${storable(identifierKey(value))}`);

export const keyOfName = ({ family, given, birthDate }: NameTerms): string =>
  bounded(`name|${birthDate}|${searchKey(family)}|${searchKey(given)}`);

/** Everything that a person can be found by. */
export const searchKeysOf = (sources: readonly RecordSource[]): string[] => {
  const keys = new Set<string>();
  for (const { demographics } of sources) {
    for (const identifier of demographics.identifiers) keys.add(keyOfIdentifier(identifier));
    for (const name of demographics.names)
      keys.add(keyOfName({ ...name, birthDate: demographics.birthDate }));
  }
  return [...keys];
};

/** SQLite ends a text at U+0000, which no identifier has a use for. */
const storable = (text: string): string => text.replaceAll('\u0000', '');

/** PostgreSQL's indexes hold 2,704 bytes, and a message may bring a name that is longer. */
const MAX_BYTES = 2_000;

const bounded = (key: string): string =>
  Buffer.byteLength(key) <= MAX_BYTES
    ? key
    : `${key.slice(0, 100)}#${createHash('sha256').update(key).digest('hex')}`;
