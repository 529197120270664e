import { AppendOutcomeUnknown } from './event-store.port.js';
import { GroupCommit, type Outcome } from './group-commit.js';

describe('GroupCommit', () => {
  const sizes: number[] = [];
  let commit: (group: readonly number[]) => Outcome<string>[];
  const commits = (largest?: number): GroupCommit<number, string> =>
    new GroupCommit((group) => {
      sizes.push(group.length);
      return commit(group);
    }, largest);

  beforeEach(() => {
    sizes.length = 0;
    commit = (group) => group.map((item) => ({ result: `done ${item}` }));
  });

  it('commits what was asked for in one turn together', async () => {
    const group = commits();
    expect(await Promise.all([group.add(1), group.add(2), group.add(3)])).toStrictEqual([
      'done 1',
      'done 2',
      'done 3',
    ]);
    expect(sizes).toStrictEqual([3]);
  });

  it('bounds a group and keeps the order', async () => {
    const group = commits(2);
    const order: string[] = [];
    await Promise.all([1, 2, 3, 4, 5].map((item) => group.add(item).then((result) => order.push(result))));
    expect(sizes).toStrictEqual([2, 2, 1]);
    expect(order).toStrictEqual([1, 2, 3, 4, 5].map((item) => `done ${item}`));
  });

  it('lets each member succeed or fail on its own', async () => {
    const group = commits();
    commit = (items) => items.map((item) => (item % 2 ? { result: 'odd' } : { error: new Error('even') }));
    const outcomes = await Promise.allSettled([group.add(1), group.add(2), group.add(3)]);
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails every member when the commit fails, and goes on with the next group', async () => {
    const group = commits();
    const works = commit;
    commit = () => {
      throw new AppendOutcomeUnknown('disk');
    };
    const outcomes = await Promise.allSettled([group.add(1), group.add(2)]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { code: 'STORE.OUTCOME_UNKNOWN' } });
    commit = works;
    expect(await group.add(3)).toBe('done 3');
  });

  it('acknowledges nothing before the commit has returned', async () => {
    const group = commits();
    let acknowledged = false;
    const works = commit;
    commit = (items) => {
      expect(acknowledged).toBe(false);
      return works(items);
    };
    await group.add(1).then(() => (acknowledged = true));
    expect(acknowledged).toBe(true);
  });

  it('flushes what is waiting', async () => {
    const group = commits(2);
    const waiting = [group.add(1), group.add(2), group.add(3)];
    group.flush();
    expect(sizes).toStrictEqual([2, 1]);
    expect(await Promise.all(waiting)).toHaveLength(3);
  });
});
