import { BROKEN_GATES } from './testing/broken-gates.js';
import { violationsOf } from './testing/interleaving-checks.js';
import { runInterleaving, type Plan, type Run } from './testing/interleaving.js';

/**
 * Two gates on one store, every store call, timer, hand-over and passage of time in an order that a seed decides. Repeat one
 * run alone, with what happened in it: `INTERLEAVING_SEED=<seed> npx jest --selectProjects unit gate-interleavings`.
 */
const SEEDS = process.env['LONG_TESTS'] === '1' ? 10_000 : 1_000;
const ONLY = process.env['INTERLEAVING_SEED'];

/** The kind of run is part of the seed. */
const planOf = (seed: number): Plan => ({ gates: seed % 3 === 2 ? 1 : 2, faulty: seed % 2 === 1 });

const told = (run: Run): string =>
  JSON.stringify(
    { readings: run.readings, changes: run.changes, history: run.history },
    (_key, value: unknown) => value,
    1,
  );

const tally = () => ({
  handedOver: 0,
  refused: 0,
  unavailable: 0,
  aborted: 0,
  conflicts: 0,
  acknowledged: 0,
  givenUp: 0,
  faults: 0,
});

const add = (total: ReturnType<typeof tally>, run: Run): void => {
  total.handedOver += run.readings.filter(({ handedOver }) => handedOver !== undefined).length;
  total.refused += run.readings.filter(({ outcome }) => outcome === 'refused').length;
  total.unavailable += run.readings.filter(({ outcome }) => outcome === 'unavailable').length;
  total.aborted += run.history.filter(({ type }) => type === 'DisclosureAborted').length;
  total.conflicts += run.conflicts;
  total.acknowledged += run.changes.filter(({ outcome }) => typeof outcome === 'object').length;
  total.givenUp += run.changes.filter(({ outcome }) => outcome === 'unavailable').length;
  total.faults += run.faults;
};

describe('The gates of several processes, in every order of events', () => {
  const seeds = ONLY === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(ONLY)];

  it(
    'keep each promise',
    async () => {
      const total = tally();
      for (const seed of seeds) {
        const run = await runInterleaving(seed, planOf(seed));
        if (ONLY !== undefined) process.stderr.write(`${told(run)}\n`);
        expect({ seed, violations: violationsOf(run) }).toStrictEqual({ seed, violations: [] });
        add(total, run);
      }
      if (ONLY !== undefined) return;
      // The runs are about something.
      for (const seen of Object.values(total)) expect(seen).toBeGreaterThan(SEEDS / 20);
    },
    SEEDS * 100,
  );

  it('go the same way again with the same seed', async () => {
    for (const seed of [1, 2, 3, 4]) {
      expect(await runInterleaving(seed, planOf(seed))).toStrictEqual(
        await runInterleaving(seed, planOf(seed)),
      );
    }
  });

  it.each(BROKEN_GATES)(
    'are told from a gate that %s',
    async (_rule, plan, violation) => {
      const found = async (): Promise<readonly string[]> => {
        for (let seed = 0; seed < 1_000; seed += 1) {
          const violations = violationsOf(await runInterleaving(seed, plan));
          if (violations.some((each) => violation.test(each))) return violations;
        }
        return [];
      };
      expect(await found()).toContainEqual(expect.stringMatching(violation));
    },
    60_000,
  );
});
