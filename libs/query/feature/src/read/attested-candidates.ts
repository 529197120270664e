import type { ReadModel } from '@registry/persistence';
import { identifierKey, searchKey, type ConsolidatedRecord } from '@registry/query-domain';
import { keyOfIdentifier, keyOfName } from '../record/search-keys.js';
import type { AttestDto } from './person.dto.js';

/** Of one name and birth date there are never so many; more are taken for none. */
const MOST = 20;

/**
 * Finds whom a provider attests that it serves: among all persons who may be visible to it, by name, birth date and one more field. Exactly
 * one, or nobody: never candidates to choose from (DOMAIN 2.3).
 */
export class AttestedCandidates {
  constructor(private readonly readModel: ReadModel) {}

  async find(organizationId: string, { name, knows }: AttestDto): Promise<string | undefined> {
    const rows = await this.readModel.select<{ personId: string; record: string }>(
      `SELECT DISTINCT r.person_id AS "personId", r.record FROM person_search_key k
         JOIN person_record r ON r.person_id = k.person_id
         JOIN person_setting s ON s.person_id = k.person_id
        WHERE k.search_key = ? AND NOT s.hidden AND (s.only_holder = '' OR s.only_holder = ?)
        LIMIT ${MOST}`,
      [keyOfName(name), organizationId],
    );
    const identified =
      knows.identifier === undefined ? undefined : await this.withKey(keyOfIdentifier(knows.identifier));
    const found = rows.filter(({ personId, record }) =>
      identified === undefined
        ? agrees(JSON.parse(record) as ConsolidatedRecord, knows)
        : identified.has(personId),
    );
    return found.length === 1 && rows.length < MOST ? found[0]?.personId : undefined;
  }

  private async withKey(key: string): Promise<ReadonlySet<string>> {
    const rows = await this.readModel.select<{ personId: string }>(
      'SELECT person_id AS "personId" FROM person_search_key WHERE search_key = ?',
      [key],
    );
    return new Set(rows.map(({ personId }) => personId));
  }
}

const agrees = (
  { phones, addresses, guardians }: ConsolidatedRecord,
  { phone, address, guardian }: AttestDto['knows'],
): boolean => {
  if (phone !== undefined) return phones.some((each) => lastTen(each) === lastTen(phone));
  if (address !== undefined) {
    return addresses.some(
      ({ street = '', zip = '' }) =>
        street !== '' &&
        identifierKey(street) === identifierKey(address.street) &&
        zip.slice(0, 5) === address.zip.slice(0, 5),
    );
  }
  if (guardian === undefined) return false;
  return guardians.some(
    ({ family, given }) =>
      searchKey(family) === searchKey(guardian.family) && searchKey(given) === searchKey(guardian.given),
  );
};

const lastTen = (phone: string): string => phone.replace(/\D/g, '').slice(-10);
