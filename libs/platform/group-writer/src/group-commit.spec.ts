import { GroupCommit, type GroupCommitOptions, type Outcome } from './group-commit.js';

class OutcomeUnknown extends Error {
  readonly code = 'OUTCOME_UNKNOWN';
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GroupCommit', () => {
  const sizes: number[] = [];
  let commit: (group: readonly number[]) => Outcome<string>[] | Promise<Outcome<string>[]>;
  const commits = (options?: GroupCommitOptions): GroupCommit<number, string> =>
    new GroupCommit(async (group) => {
      sizes.push(group.length);
      return commit(group);
    }, options);

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
    const group = commits({ largestGroup: 2 });
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
      throw new OutcomeUnknown('disk');
    };
    const outcomes = await Promise.allSettled([group.add(1), group.add(2)]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'OUTCOME_UNKNOWN' } });
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

  it('lets what is asked for while commits are under way gather', async () => {
    const group = commits({ underWay: 2 });
    const works = commit;
    const done: (() => void)[] = [];
    commit = async (items) => {
      await new Promise<void>((resolve) => done.push(resolve));
      return works(items);
    };
    const answers: Promise<string>[] = [];
    for (const item of [1, 2, 3, 4, 5]) {
      answers.push(group.add(item));
      await turn();
      await turn();
    }
    expect(sizes).toStrictEqual([1, 1]);
    done[0]?.();
    expect(await answers[0]).toBe('done 1');
    await turn();
    expect(sizes).toStrictEqual([1, 1, 3]);
    for (const go of done) go();
    expect(await Promise.all(answers)).toHaveLength(5);
  });

  it('knows when everything has its outcome', async () => {
    const group = commits({ largestGroup: 2 });
    await group.drained();
    const outcomes: string[] = [];
    for (const item of [1, 2, 3]) void group.add(item).then((outcome) => outcomes.push(outcome));
    await group.drained();
    expect(outcomes).toHaveLength(3);
  });
});
