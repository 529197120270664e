import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEvent, newEvents } from './event-store.contract.js';
import { type NewEvent } from './event-store.port.js';
import { numberedPosition } from './log-position.js';
import { type AppendRequest, appendRequest } from './new-events.js';
import { type WritableDatabase, openForReading, openForWriting } from './sqlite-database.js';
import { type Fate, committedEvents } from './sqlite-fates.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteView } from './sqlite-view.js';
import { SqliteWriter } from './sqlite-writer.js';
import { turn } from './wake-up.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('The view of a log that another connection writes', () => {
  let folder: string;
  let files: WritableDatabase;
  let database: ReturnType<typeof openForReading>;
  let reader: SqliteReader;
  let writer: SqliteWriter;
  let view: SqliteView;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'event-store-'));
    files = openForWriting(join(folder, 'events.db'));
    database = openForReading(join(folder, 'events.db'));
    reader = new SqliteReader(database);
    writer = new SqliteWriter(files.database, new SqliteReader(files.database));
    view = new SqliteView(reader, 0);
  });

  afterEach(() => {
    database.close();
    files.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Commits; the function it returns lets the view hear of it. */
  const commit = (stream: string, expected: AppendRequest['expected'], events: NewEvent[]): (() => void) => {
    const group = [appendRequest(stream, expected, events)];
    const fates: Fate[] = writer.appendGroup(group, NOW);
    return () => view.apply(committedEvents(group, fates));
  };
  const seen = () => ({
    read: view.read('privacy-1', {}).map(({ revision }) => revision),
    backwards: view.read('privacy-1', { direction: 'backwards' }).map(({ revision }) => revision),
    single: view.read('privacy-1', { from: 2, limit: 1 }).map(({ revision }) => revision),
    head: view.head('privacy-1')?.revision,
    page: view.page({}).events.map(({ revision }) => revision),
  });

  it.each(['memory', 'the database'])(
    'shows what was committed only once it is applied, in every answer, served from %s',
    (from) => {
      commit('privacy-1', 'none', newEvents(2))();
      if (from === 'the database') view = new SqliteView(reader, 2);
      const before = { read: [0, 1], backwards: [1, 0], single: [], head: 1, page: [0, 1] };
      const apply = commit('privacy-1', 1, newEvents(1));
      expect(seen()).toStrictEqual(before);
      // Also a stream of which nothing is in memory.
      commit('privacy-2', 'none', newEvents(1));
      expect([view.head('privacy-2'), view.read('privacy-2', {})]).toStrictEqual([undefined, []]);
      apply();
      expect(seen()).toStrictEqual({
        read: [0, 1, 2],
        backwards: [2, 1, 0],
        single: [2],
        head: 2,
        page: [0, 1, 2],
      });
    },
  );

  it('takes in what the database has when nobody says what was committed', () => {
    commit('privacy-1', 'none', newEvents(2))();
    expect(seen().head).toBe(1);
    commit('privacy-1', 1, newEvents(1));
    expect(view.applyAll()).toBe(NOW);
    expect(seen()).toMatchObject({ read: [0, 1, 2], single: [2], head: 2, page: [0, 1, 2] });
  });

  it('answers reads of single events from memory, as the database would', () => {
    commit('privacy-1', 'none', newEvents(3))();
    const single = (revision: number) => view.read('privacy-1', { from: revision, limit: 1 });
    const all = view.read('privacy-1', {});
    const looks = jest.spyOn(reader, 'single');
    for (let time = 0; time < 3; time += 1)
      expect([0, 1, 2, 3].flatMap((revision) => single(revision))).toStrictEqual(all);
    expect(looks).toHaveBeenCalledTimes(2);
    expect(Object.isFrozen(single(0)[0]?.data)).toBe(true);
  });

  it('knows a large head while it is new, and keeps none that was read', () => {
    const large = () => [newEvent('Happened', { text: 'x'.repeat(3000) })];
    commit('privacy-1', 'none', newEvents(1))();
    commit('privacy-1', 0, large())();
    const [heads, singles] = [jest.spyOn(reader, 'head'), jest.spyOn(reader, 'single')];
    const looks = () => [heads, singles].map(({ mock }) => mock.calls.length);
    for (let time = 0; time < 2; time += 1) {
      expect(view.head('privacy-1')?.revision).toBe(1);
      expect(view.read('privacy-1', { from: 1, limit: 1 })).toHaveLength(1);
    }
    expect(looks()).toStrictEqual([0, 2]);
    // Nothing that is known leaves with it.
    view.applyAll();
    for (let time = 0; time < 2; time += 1) expect(view.head('privacy-1')?.revision).toBe(1);
    expect(looks()).toStrictEqual([2, 2]);
  });

  it('forgets a large head when the stream goes on', () => {
    commit('privacy-1', 'none', [newEvent('Happened', { text: 'x'.repeat(3000) })])();
    expect(view.head('privacy-1')?.revision).toBe(0);
    commit('privacy-1', 0, newEvents(1))();
    expect(view.head('privacy-1')?.revision).toBe(1);
  });

  it('asks once for a stream that is absent, and sees it as soon as it is applied', () => {
    const heads = jest.spyOn(reader, 'head');
    const apply = commit('privacy-1', 'none', newEvents(1));
    for (let time = 0; time < 2; time += 1) expect(view.head('privacy-1')).toBeUndefined();
    expect(heads).toHaveBeenCalledTimes(1);
    apply();
    expect(view.head('privacy-1')?.revision).toBe(0);
    // Nor is what was absent before a writer's end known to be absent after it.
    expect(view.head('privacy-2')).toBeUndefined();
    commit('privacy-2', 'none', newEvents(1));
    view.applyAll();
    expect(view.head('privacy-2')?.revision).toBe(0);
  });

  it('wakes for events that matter, and for a good deal of others', async () => {
    const { signal } = new AbortController();
    let woken = 0;
    const waitFor = async (categories?: string[]): Promise<void> => {
      await view.untilMore(numberedPosition(view.last), signal, categories);
      woken += 1;
    };
    const wokenAfter = async (stream: string, count: number): Promise<number> => {
      commit(stream, 'none', newEvents(count))();
      await turn();
      return woken;
    };
    for (const categories of [['privacy'], ['client', 'user'], undefined]) void waitFor(categories);
    expect(await wokenAfter('inquiries-1', 1)).toBe(1);
    expect(await wokenAfter('user-1', 1)).toBe(2);
    expect(await wokenAfter('inquiries-2', 997)).toBe(2);
    expect(await wokenAfter('inquiries-3', 1)).toBe(3);
    void waitFor(['privacy']);
    view.applyAll();
    await turn();
    expect(woken).toBe(4);
  });

  it('knows journals by heart, and what other appends did to them', () => {
    const fate = (events: NewEvent[], expected: AppendRequest['expected'] = 'any') =>
      writer.appendGroup([appendRequest('inquiries-1', expected, events)], NOW)[0];
    const [first, second, exact, last] = [newEvents(1), newEvents(2), newEvents(2), newEvents(1)];
    expect(fate(first)).toMatchObject({ kind: 'written', revision: 0 });
    expect(fate(second)).toMatchObject({ kind: 'written', revision: 2 });
    // A part that is listed lists nothing else.
    const [fresh] = newEvents(1) as [NewEvent];
    expect(fate([fresh, ...second])).toStrictEqual({ kind: 'conflict', head: 2 });
    expect(fate([fresh])).toMatchObject({ kind: 'written', revision: 3 });
    expect(fate(exact, 3)).toMatchObject({ kind: 'written', revision: 5 });
    expect(fate(exact)).toMatchObject({ kind: 'repeated', revision: 5 });
    expect(fate(last)).toMatchObject({ kind: 'written', revision: 6 });
    expect(fate(second)).toMatchObject({ kind: 'repeated', revision: 2 });
  });
});
