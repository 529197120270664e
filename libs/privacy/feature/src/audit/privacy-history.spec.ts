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

  it('names nobody by an id of the registry’s own: of a merge, of candidates, of whom a request was for', async () => {
    const store = createMemoryEventStore();
    const other = '00000000-0000-4000-a000-000000000002';
    const setting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
    const cause = { kind: 'merge', mergeId: 'm1', survivorId: PERSON, absorbedId: other, other: setting };
    const review = { kind: 'held', candidates: [other] };
    const decidedOn = [
      { stream: privacyStream(other), revision: 3 },
      { stream: `relationship-o1-${other}`, revision: 1 },
    ];
    const events = [
      {
        type: 'PrivacyOpened',
        data: { setting, previousSettingRevision: null, cause: { kind: 'registration' }, review },
      },
      { type: 'PersonsMerged', data: { setting, previousSettingRevision: 0, cause, review } },
      { type: 'RecordDisclosed', data: { settingRevision: 1, knownAs: other, decidedOn } },
      { type: 'SettingFollows', data: { settingRevision: 1, survivorId: other, mergeId: 'm2' } },
    ];
    await store.append(
      privacyStream(PERSON),
      'none',
      events.map(({ type, data }, index) => ({
        id: `e${index}`,
        type,
        data,
        metadata: { schemaVersion: 1 },
      })),
    );
    const query = new PrivacyHistoryQuery(store, keys, {} as RequestRepository);
    const history = await query.historyOf(pseudonymOf(keys, PERSON), undefined, 0);
    expect(history.entries).toHaveLength(4);
    expect(history.state).toMatchObject({ status: 'follows', survivorId: pseudonymOf(keys, other) });
    for (const id of [PERSON, other]) expect(JSON.stringify(history)).not.toContain(id);
  });
});
