import type { KeyRing } from '@registry/content-keys';
import { createMemoryEventStore } from '@registry/event-store';
import { privacyStream } from '@registry/privacy-gate';
import type { RequestRepository } from '../request/request.repository.js';
import { PrivacyHistoryQuery } from './privacy-history.js';
import { pseudonymOf } from './pseudonym.js';

const KEY = new Uint8Array(32).fill(7);
const keys: KeyRing = {
  current: () => ({ version: 1, key: KEY }),
  get: () => KEY,
  rotate: () => Promise.resolve({ version: 1, key: KEY }),
};
const PERSON = '00000000-0000-4000-a000-000000000001';

describe('The privacy history that auditors see', () => {
  it('shows for which user a client read, as far as it is known', async () => {
    const store = createMemoryEventStore();
    const disclosed = { settingRevision: 0, clientId: 'c1', organizationId: 'o1', purpose: 'treatment' };
    await store.append(
      privacyStream(PERSON),
      'none',
      [disclosed, { ...disclosed, userId: 'u1' }].map((data, index) => ({
        id: `e${index}`,
        type: 'RecordDisclosed',
        data,
        metadata: { schemaVersion: 1 },
      })),
    );
    const query = new PrivacyHistoryQuery(store, keys, {} as RequestRepository);
    const { entries } = await query.historyOf(pseudonymOf(keys, PERSON), undefined, 0);
    expect(entries.map(({ data }) => data['userId'])).toEqual([undefined, 'u1']);
  });
});
