import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import { meet, type PrivacySetting, type Review, type SettingChange } from '@registry/privacy-domain';
import { privacyStream, readPrivacyHead, ReleaseGate, systemGateClock } from '@registry/privacy-gate';
import { noticesOf } from '../notice/person-notice.js';
import { mergeSettings } from './merge-settings.js';
import { unmergeSettings } from './unmerge-settings.js';

const OPEN: PrivacySetting = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
const LOCKED_TO_A: PrivacySetting = { ...OPEN, lock: { kind: 'only', organizationId: 'a' } };
const LOCKED_TO_B: PrivacySetting = { ...OPEN, lock: { kind: 'only', organizationId: 'b' } };
const OPTED_OUT: PrivacySetting = { ...OPEN, optedOut: true };

const DECIDED_AT = '2026-03-01T10:00:00.000Z';
const order = (absorbedId: string, survivorId: string) => ({
  mergeId: `merge-${absorbedId}-${survivorId}`,
  survivorId,
  absorbedId,
});

/** The process dies: no code catches it. */
class Death extends Error {}

/** A store whose n-th append kills the process, before or after it took place. */
const mortal = (inner: EventStore, at: number, when: 'before' | 'after'): EventStore & { died: boolean } => {
  let appends = 0;
  const store = {
    ...viewOf(inner),
    died: false,
    append: async (...args: Parameters<EventStore['append']>) => {
      appends += 1;
      if (appends !== at) return inner.append(...args);
      store.died = true;
      if (when === 'after') await inner.append(...args);
      throw new Death();
    },
  };
  return store;
};

const viewOf = (inner: EventStore): EventStore => ({
  append: (...args) => inner.append(...args),
  read: (...args) => inner.read(...args),
  heads: (...args) => inner.heads(...args),
  readAll: (...args) => inner.readAll(...args),
  subscribe: (...args) => inner.subscribe(...args),
  comparePositions: (...args) => inner.comparePositions(...args),
  close: () => inner.close(),
});

const gateOn = (store: EventStore) =>
  new ReleaseGate({
    store,
    records: { load: () => Promise.resolve(undefined) },
    journal: { append: () => Promise.resolve() },
    processes: 'one',
    clock: systemGateClock,
  });
const partsOn = (store: EventStore) => ({ store, gate: gateOn(store) });

const open = async (
  store: EventStore,
  personId: string,
  setting: PrivacySetting,
  review?: Review,
): Promise<void> => {
  await store.append(privacyStream(personId), 'none', [
    {
      id: randomUUID(),
      type: 'PrivacyOpened',
      data: {
        setting,
        previousSettingRevision: null,
        cause: { kind: 'registration' },
        ...(review === undefined ? {} : { review }),
      },
      metadata: { schemaVersion: 1 },
    },
  ]);
};

const ask = (store: EventStore, personId: string, change: SettingChange, verifiedFor?: string) =>
  gateOn(store).changeSetting(
    personId,
    {
      type: 'ChangeSetting',
      change,
      cause: {
        kind: 'request',
        requestId: randomUUID(),
        approvedBy: 'desk',
        receivedAt: DECIDED_AT,
        ...(verifiedFor === undefined ? {} : { verifiedFor }),
      },
    },
    { schemaVersion: 1 },
    randomUUID(),
  );

const merge = (store: EventStore, absorbedId: string, survivorId: string) =>
  mergeSettings(partsOn(store), order(absorbedId, survivorId), 'decided', DECIDED_AT);
const unmerge = (store: EventStore, absorbedId: string, survivorId: string) =>
  unmergeSettings(partsOn(store), order(absorbedId, survivorId), 40, 'parted');

/** Each person's setting in force, or whom it follows. */
const settingsOf = async (store: EventStore, ...personIds: string[]) => {
  const settings: Record<string, PrivacySetting | string> = {};
  for (const personId of personIds) {
    const { state } = await readPrivacyHead(store, personId);
    settings[personId] =
      state.status === 'opened'
        ? state.setting
        : state.status === 'follows'
          ? state.survivorId
          : state.status;
  }
  return settings;
};

const tasksIn = async (store: EventStore): Promise<unknown[]> => {
  const { events } = await store.readAll({ limit: 1_000 });
  return events.filter(({ type }) => type === 'TaskOpened').map(({ data }) => data['kind']);
};

describe('A merge of settings', () => {
  let store: EventStore;
  beforeEach(() => {
    store = createMemoryEventStore();
  });

  it('gives the survivor the strictest of each component, and ends the other stream', async () => {
    await open(store, 'p', { ...LOCKED_TO_A, stopped: ['call'] });
    await open(store, 's', { ...OPEN, stopped: ['recall'] });
    await merge(store, 'p', 's');
    expect(await settingsOf(store, 'p', 's')).toStrictEqual({
      p: 's',
      s: { ...LOCKED_TO_A, stopped: ['call', 'recall'] },
    });
    expect((await noticesOf(store, 's')).map(({ data }) => data['code'])).toEqual(['merge-tightened']);
    expect(await tasksIn(store)).toEqual([]);
  });

  it('of two locks leaves nobody, and asks somebody to ask the person', async () => {
    await open(store, 'p', LOCKED_TO_A);
    await open(store, 's', LOCKED_TO_B);
    await merge(store, 'p', 's');
    expect(await settingsOf(store, 's')).toStrictEqual({ s: { ...OPEN, lock: { kind: 'nobody' } } });
    expect(await tasksIn(store)).toEqual(['locks-in-conflict']);
    const codes = (await noticesOf(store, 's')).map(({ data }) => data['code']);
    expect(codes).toEqual(['merge-tightened', 'locks-in-conflict']);
  });

  it('of equals tells nobody anything', async () => {
    await open(store, 'p', OPEN);
    await open(store, 's', OPEN);
    await merge(store, 'p', 's');
    expect(await noticesOf(store, 's')).toEqual([]);
  });

  it.each([
    ['held', OPTED_OUT, { kind: 'held', candidates: ['s'] }, true],
    ['held, but the other has opted in since', OPEN, { kind: 'held', candidates: ['s'] }, undefined],
    ['not held', OPTED_OUT, undefined, undefined],
  ] as const)('says whether what came is to be discarded: %s', async (_name, survivor, review, discard) => {
    await open(store, 'p', OPEN, review);
    await open(store, 's', survivor);
    await merge(store, 'p', 's');
    const [, follows] = await store.read(privacyStream('p'));
    expect(follows?.data['discard']).toBe(discard);
  });

  it('makes a change to the absorbed person one of the survivor', async () => {
    await open(store, 'p', OPEN);
    await open(store, 's', OPEN);
    await merge(store, 'p', 's');
    const outcome = await ask(store, 'p', { kind: 'opt-out' });
    expect(outcome).toMatchObject({ personId: 's', changed: true });
    expect(await settingsOf(store, 'p', 's')).toStrictEqual({ p: 's', s: OPTED_OUT });
  });

  it('takes in what the absorbed person changes while it is under way', async () => {
    await open(store, 'p', OPEN);
    await open(store, 's', OPEN);
    let changed = false;
    const parts = partsOn({
      ...viewOf(store),
      append: async (stream, expected, events) => {
        // After the survivor's meet, before the absorbed one follows.
        if (!changed && events[0]?.type === 'SettingFollows') {
          changed = true;
          await ask(store, 'p', { kind: 'opt-out' });
        }
        return store.append(stream, expected, events);
      },
    });
    await mergeSettings(parts, order('p', 's'), 'decided', DECIDED_AT);
    expect(await settingsOf(store, 'p', 's')).toStrictEqual({ p: 's', s: OPTED_OUT });
  });

  it('of a survivor makes whoever followed it name the new one, and back', async () => {
    for (const [person, setting] of [
      ['p', LOCKED_TO_A],
      ['q', OPEN],
      ['s', OPEN],
    ] as const)
      await open(store, person, setting);
    await merge(store, 'p', 'q');
    await merge(store, 'q', 's');
    expect(await settingsOf(store, 'p', 'q', 's')).toStrictEqual({ p: 's', q: 's', s: LOCKED_TO_A });
    await unmerge(store, 'q', 's');
    expect(await settingsOf(store, 'p', 'q', 's')).toStrictEqual({ p: 'q', q: LOCKED_TO_A, s: OPEN });
    await unmerge(store, 'p', 'q');
    expect(await settingsOf(store, 'p', 'q', 's')).toStrictEqual({ p: LOCKED_TO_A, q: OPEN, s: OPEN });
  });
});

describe('An un-merge of settings', () => {
  it('gives each its own, every tightening since, and a loosening to whom it was verified for', async () => {
    const store = createMemoryEventStore();
    await open(store, 'p', LOCKED_TO_A);
    await open(store, 's', OPEN);
    await merge(store, 'p', 's');
    await ask(store, 's', { kind: 'decline-reminders' }, 'p');
    await ask(store, 's', { kind: 'unlock' }, 's');
    await unmerge(store, 'p', 's');
    const declined = ['recall', 'reminder'] as const;
    expect(await settingsOf(store, 'p', 's')).toStrictEqual({
      p: { ...LOCKED_TO_A, stopped: declined },
      s: { ...OPEN, stopped: declined },
    });
  });

  it('asks of each record that it reflects the parted links', async () => {
    const store = createMemoryEventStore();
    await open(store, 'p', OPEN);
    await open(store, 's', OPEN);
    await merge(store, 'p', 's');
    await unmerge(store, 'p', 's');
    await ask(store, 's', { kind: 'decline-reminders' });
    for (const person of ['p', 's'])
      expect((await readPrivacyHead(store, person)).state).toMatchObject({ linksRevision: 40 });
  });
});

describe('Any sequence of merges and un-merges', () => {
  const PERSONS = ['p', 'q', 'r', 's'];
  const anySetting = fc.constantFrom(OPEN, LOCKED_TO_A, LOCKED_TO_B, OPTED_OUT, {
    ...LOCKED_TO_A,
    stopped: ['call'] as const,
  });

  it('gives each person its own setting back, and is never looser than the strictest part', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(anySetting, anySetting, anySetting, anySetting),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
        async (settings, picks) => {
          const store = createMemoryEventStore();
          const own = new Map(PERSONS.map((person, index) => [person, settings[index] ?? OPEN]));
          for (const [person, setting] of own) await open(store, person, setting);
          /** Merges that stand: who is in whom. */
          const standing = new Map<string, { absorbedId: string; survivorId: string }>();
          const survivorOf = (person: string): string => {
            const merged = [...standing.values()].find(({ absorbedId }) => absorbedId === person);
            return merged === undefined ? person : survivorOf(merged.survivorId);
          };
          let merges = 0;
          let causes = 0;
          const undo = async (mergeId: string) => {
            const merged = standing.get(mergeId);
            if (merged === undefined) return;
            await unmergeSettings(partsOn(store), { mergeId, ...merged }, 1, `cause-${(causes += 1)}`);
            standing.delete(mergeId);
          };
          /** Only who is not in anybody can be parted from whom it took in. */
          const undoable = () =>
            [...standing].filter(([, { survivorId }]) => survivorOf(survivorId) === survivorId);
          const check = async () => {
            for (const root of PERSONS.filter((person) => survivorOf(person) === person)) {
              const strictest = PERSONS.filter((person) => survivorOf(person) === root)
                .map((person) => own.get(person) ?? OPEN)
                .reduce(meet);
              expect(await settingsOf(store, root)).toStrictEqual({ [root]: strictest });
            }
          };
          for (const [a, b] of picks) {
            const roots = PERSONS.filter((person) => survivorOf(person) === person);
            const [absorbedId = '', survivorId = ''] = [roots[a % roots.length], roots[b % roots.length]];
            if (absorbedId === survivorId) {
              const choice = undoable();
              await undo(choice[a % Math.max(1, choice.length)]?.[0] ?? '');
            } else {
              const mergeId = `m${(merges += 1)}`;
              await mergeSettings(
                partsOn(store),
                { mergeId, absorbedId, survivorId },
                `cause-${(causes += 1)}`,
                DECIDED_AT,
              );
              standing.set(mergeId, { absorbedId, survivorId });
            }
            await check();
          }
          for (let [next] = undoable(); next !== undefined; [next] = undoable()) await undo(next[0]);
          expect(await settingsOf(store, ...PERSONS)).toStrictEqual(Object.fromEntries(own));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('A process that dies', () => {
  /** Merge, a change, un-merge, begun again with each death; the same from wherever it was interrupted. */
  const story = async (at: number, when: 'before' | 'after') => {
    const store = createMemoryEventStore();
    await open(store, 'p', LOCKED_TO_A);
    await open(store, 's', LOCKED_TO_B);
    const steps = [(on: EventStore) => merge(on, 'p', 's'), (on: EventStore) => unmerge(on, 'p', 's')];
    let left = at;
    let deaths = 0;
    for (const step of steps) {
      const view = mortal(store, left, when);
      try {
        await step(view);
        left = Number.POSITIVE_INFINITY;
      } catch (error) {
        if (!(error instanceof Death)) throw error;
        deaths += 1;
        left = Number.POSITIVE_INFINITY;
        await step(store);
      }
      if (step === steps[0]) {
        expect(await settingsOf(store, 'p', 's')).toStrictEqual({
          p: 's',
          s: { ...OPEN, lock: { kind: 'nobody' } },
        });
      }
    }
    const settings = await settingsOf(store, 'p', 's');
    const types = [];
    for (const person of ['p', 's']) {
      for (const { type } of await store.read(privacyStream(person))) types.push(`${person} ${type}`);
    }
    return {
      settings,
      types,
      deaths,
      notices: (await noticesOf(store, 's')).length,
      tasks: await tasksIn(store),
    };
  };

  const EXPECTED = {
    settings: { p: LOCKED_TO_A, s: LOCKED_TO_B },
    types: [
      'p PrivacyOpened',
      'p SettingFollows',
      'p SettingRestored',
      's PrivacyOpened',
      's PersonsMerged',
      's PersonsUnmerged',
    ],
    notices: 2,
    tasks: ['locks-in-conflict'],
  };

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('at append %i of a merge goes on from there', async (at) => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      const { deaths: died, ...rest } = await story(at, when);
      deaths += died;
      expect(rest).toStrictEqual(EXPECTED);
    }
    // Meet, follow, two notices and a task: five appends; the sixth and later are never reached.
    expect(deaths).toBe(at <= 5 ? 2 : 0);
  });

  it.each([1, 2, 3])('at append %i of an un-merge goes on from there', async (at) => {
    for (const when of ['before', 'after'] as const) {
      const store = createMemoryEventStore();
      await open(store, 'p', LOCKED_TO_A);
      await open(store, 's', LOCKED_TO_B);
      await merge(store, 'p', 's');
      const view = mortal(store, at, when);
      await unmerge(view, 'p', 's').catch((error: unknown) => {
        if (!(error instanceof Death)) throw error;
      });
      expect(view.died).toBe(at <= 2);
      await unmerge(store, 'p', 's');
      expect(await settingsOf(store, 'p', 's')).toStrictEqual(EXPECTED.settings);
      expect((await store.read(privacyStream('s'))).map(({ type }) => type)).toEqual([
        'PrivacyOpened',
        'PersonsMerged',
        'PersonsUnmerged',
      ]);
    }
  });
});
