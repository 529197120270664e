import type { Caller } from '@registry/access';
import type { KeyRing } from '@registry/content-keys';
import type { DisclosureRequest, ReleaseGate } from '@registry/privacy-gate';
import type { StoredRecords } from '../record/stored-records.js';
import type { PersonLimit } from './person-limit.js';
import { ReadPerson, ReadPersonHandler, SearchPerson, SearchPersonHandler } from './read-person.query.js';

const caller: Caller = { clientId: 'c', organizationId: 'o', roles: ['reader'], processingIds: [] };

/** The requesters that the gate is told of a read and of a search. */
const requestersOf = async (asking: Caller): Promise<unknown[]> => {
  const requests: DisclosureRequest[] = [];
  const gate = {
    disclose: (request: DisclosureRequest) => {
      requests.push(request);
      return Promise.resolve({ kind: 'refused' });
    },
  } as unknown as ReleaseGate;
  const nobody = () => Promise.resolve(undefined);
  const records = { candidateById: nobody, candidateByKey: nobody } as unknown as StoredRecords;
  const limit = { admit: nobody } as unknown as PersonLimit;
  const keys = { current: () => ({ version: 1, key: new Uint8Array(32) }) } as unknown as KeyRing;
  const terms = { identifier: { authority: 'A', value: '1' } };
  await new ReadPersonHandler(records, gate, limit, keys).execute(
    new ReadPerson('some-id', 'treatment', asking),
  );
  await new SearchPersonHandler(records, gate, limit, keys).execute(
    new SearchPerson(terms, 'treatment', asking),
  );
  return requests.map(({ requester }) => requester);
};

describe('The gate is told', () => {
  const client = { organizationId: 'o', clientId: 'c' };

  it('for which user the client acts', async () => {
    const requester = { ...client, userId: 'u' };
    expect(await requestersOf({ ...caller, userId: 'u' })).toStrictEqual([requester, requester]);
  });

  it('of nobody where the client names no user', async () => {
    expect(await requestersOf(caller)).toStrictEqual([client, client]);
  });
});
