import { randomUUID } from 'node:crypto';
import { accessStreams } from '@registry/contracts';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import type { PrivacySetting } from '@registry/privacy-domain';
import { privacyStream } from '@registry/privacy-gate';
import { noticesOf } from '../notice/person-notice.js';
import { HolderTrouble } from './holder-trouble.js';

const HOLDER = 'holder-clinic';
const OTHER = 'other-clinic';
const TERM = { startsAt: '2020-01-01T00:00:00.000Z', endsAt: '2026-07-01T00:00:00.000Z' };

describe('What becomes of the holder of a lock', () => {
  let store: EventStore;
  let now: string;
  let holders: HolderTrouble;

  beforeEach(async () => {
    store = createMemoryEventStore();
    now = '2026-03-01T12:00:00.000Z';
    holders = new HolderTrouble(store, { now: () => new Date(now) });
    for (const organizationId of [HOLDER, OTHER]) {
      await organization(organizationId, 'active');
      await agreement(organizationId, TERM.endsAt);
    }
    await site('S1', 'open');
    await site('S2', 'open');
  });
  afterEach(() => store.close());

  const append = async (stream: string, data: NewEvent['data'], type = 'Changed'): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };
  const organization = (organizationId: string, status: string) =>
    append(accessStreams.organization(organizationId), {
      state: { organizationId, name: 'A clinic', category: 'provider', status },
    });
  const agreement = (organizationId: string, endsAt: string) =>
    append(accessStreams.agreement(organizationId), {
      state: { organizationId, version: '1', signatory: 'S', purposes: ['treatment'], ...TERM, endsAt },
    });
  const site = (code: string, status: string) =>
    append(accessStreams.site(code), {
      state: { code, organizationId: HOLDER, name: 'A site', facilityNames: [], status },
    });

  /** Locks a person's record, and has the lock looked at as the reactor does. */
  const lock = async (personId: string, organizationId: string, siteCode?: string): Promise<void> => {
    const holder = { organizationId, ...(siteCode === undefined ? {} : { siteCode }) };
    const setting: PrivacySetting = { lock: { kind: 'only', ...holder }, optedOut: false, stopped: [] };
    const [head] = await store.heads([privacyStream(personId)]);
    const data = {
      setting,
      previousSettingRevision: head?.revision ?? null,
      cause: { kind: 'registration' },
    };
    await append(privacyStream(personId), data, 'RecordLocked');
    await holders.lookAtLock(personId, holder);
  };
  const notices = async (personId: string) =>
    (await noticesOf(store, personId)).map(({ data }) => data['code']);
  const tasks = async () => {
    const { events } = await store.readAll({ categories: ['task'] });
    return events.map(({ data }) => [data['kind'], data['personId'], data['about']]);
  };
  const settingOf = async (personId: string) =>
    (await store.heads([privacyStream(personId)]))[0]?.data['setting'];

  it.each(['closed', 'acquired'] as const)(
    'is told to each person and the help desk once: %s',
    async (status) => {
      await lock('p', HOLDER);
      await lock('q', OTHER);
      const before = await settingOf('p');
      expect(await tasks()).toEqual([]);
      await organization(HOLDER, status);
      for (let times = 0; times < 2; times += 1) await holders.lookAtHolder(HOLDER);
      expect(await notices('p')).toEqual([`holder-${status}`]);
      expect(await tasks()).toEqual([[`holder-${status}`, 'p', HOLDER]]);
      expect(await notices('q')).toEqual([]);
      // The lock stays, and follows nobody.
      expect(await settingOf('p')).toEqual(before);
    },
  );

  it('is told of a lock that was made after the closing', async () => {
    await organization(HOLDER, 'closed');
    await holders.lookAtHolder(HOLDER);
    await lock('p', HOLDER);
    expect(await notices('p')).toEqual(['holder-closed']);
  });

  it('is told whenever the closing comes to a lock that is being made', async () => {
    // Before, between and after each step of looking at the lock.
    for (let moment = 0; moment < 12; moment += 1) {
      const person = `p${moment}`;
      const clinic = `clinic-${moment}`;
      await organization(clinic, 'active');
      await agreement(clinic, TERM.endsAt);
      let calls = 0;
      const seen = Object.create(store) as EventStore;
      for (const call of ['append', 'heads', 'read'] as const) {
        const original = store[call].bind(store) as (...given: unknown[]) => Promise<unknown>;
        Object.assign(seen, {
          [call]: async (...given: unknown[]) => {
            if (calls++ === moment) {
              await organization(clinic, 'closed');
              await new HolderTrouble(store, { now: () => new Date(now) }).lookAtHolder(clinic);
            }
            return original(...given);
          },
        });
      }
      const setting = { lock: { kind: 'only', organizationId: clinic }, optedOut: false, stopped: [] };
      const data = { setting, previousSettingRevision: null, cause: { kind: 'registration' } };
      await append(privacyStream(person), data, 'RecordLocked');
      await new HolderTrouble(seen, { now: () => new Date(now) }).lookAtLock(person, {
        organizationId: clinic,
      });
      if (calls <= moment) {
        expect(moment).toBeGreaterThan(2);
        return;
      }
      expect(await notices(person)).toEqual(['holder-closed']);
    }
  });

  it('is of the site alone where the lock is', async () => {
    await lock('p', HOLDER, 'S1');
    await lock('q', HOLDER, 'S2');
    await lock('r', HOLDER);
    await site('S1', 'closed');
    await holders.lookAtHolder(HOLDER);
    expect([await notices('p'), await notices('q'), await notices('r')]).toEqual([['holder-closed'], [], []]);
  });

  it('is no longer told to whoever has moved or lifted the lock', async () => {
    await lock('p', HOLDER);
    await lock('p', OTHER);
    await organization(HOLDER, 'closed');
    await holders.lookAtHolder(HOLDER);
    expect(await tasks()).toEqual([]);
  });

  it('is found by time when an agreement lapses, and again when it lapses again', async () => {
    await lock('p', HOLDER);
    await holders.sweepLapsed();
    expect(await tasks()).toEqual([]);
    now = TERM.endsAt;
    for (let times = 0; times < 2; times += 1) await holders.sweepLapsed();
    expect(await tasks()).toEqual([['holder-lapsed', 'p', HOLDER]]);
    await agreement(HOLDER, '2027-07-01T00:00:00.000Z');
    await holders.sweepLapsed();
    expect(await notices('p')).toEqual(['holder-lapsed']);
    now = '2027-08-01T00:00:00.000Z';
    await holders.sweepLapsed();
    expect(await notices('p')).toEqual(['holder-lapsed', 'holder-lapsed']);
  });

  it('is told of the survivor whom the person follows', async () => {
    await lock('p', HOLDER);
    const lockOf = await settingOf('p');
    const cause = { kind: 'merge', mergeId: 'm', survivorId: 's', absorbedId: 'p', other: lockOf };
    await append(
      privacyStream('s'),
      { setting: lockOf, previousSettingRevision: null, cause },
      'PersonsMerged',
    );
    await append(privacyStream('p'), { settingRevision: 0, survivorId: 's', mergeId: 'm' }, 'SettingFollows');
    await organization(HOLDER, 'closed');
    await holders.lookAtHolder(HOLDER);
    expect(await tasks()).toEqual([['holder-closed', 's', HOLDER]]);
  });
});
