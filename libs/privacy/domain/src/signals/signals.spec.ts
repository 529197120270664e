import * as fc from 'fast-check';
import {
  allowsViewer,
  changed,
  OPEN_SETTING,
  STOPPABLE,
  type PrivacySetting,
} from '../setting/privacy-setting.js';
import { readSignals, type Polarity, type SentStatus, type Signal } from './read-signals.js';
import { decideSignal, type SignalFacts } from './signal.decider.js';
import { countDay, emptySignalDay, evolveSignalDay, hasStopped, type CountedMessage } from './signal-day.js';
import type { SignalValues } from './signal.events.js';
import { SIGNAL_POLICY } from './signal-policy.js';

const A = 'clinic-a';
const B = 'clinic-b';
const AT = '2026-03-01T12:00:00.000Z';
const LOCKED_TO_A: PrivacySetting = { ...OPEN_SETTING, lock: { kind: 'only', organizationId: A } };
const LOCKED_TO_SITE: PrivacySetting = {
  ...OPEN_SETTING,
  lock: { kind: 'only', organizationId: A, siteCode: 'A1' },
};
const PROTECT: Signal = { kind: 'protect', signal: 'PD1-12:Y' };
const RELEASE: Signal = { kind: 'release', signal: 'PD1-12:N' };

const facts = (setting: PrivacySetting, over: Partial<SignalFacts> = {}): SignalFacts => ({
  privacy: { status: 'opened', setting, settingRevision: 3 },
  sender: { organizationId: A, isProvider: true },
  receivedAt: AT,
  stopped: false,
  ...over,
});

const read = (sent: SentStatus, last: SignalValues = {}, polarity: Polarity = 'cdc') =>
  readSignals(sent, last, polarity);
const kinds = (...args: Parameters<typeof read>) => read(...args).signals.map(({ kind }) => kind);

describe('What counts as a signal', () => {
  it.each([
    ['off', 'Y', {}, []],
    ['off', 'N', {}, []],
    ['cdc', 'Y', {}, ['protect']],
    ['cdc', 'N', {}, []],
    ['cdc', 'Y', { protection: 'Y' }, []],
    ['cdc', 'N', { protection: 'Y' }, ['release']],
    ['cdc', 'Y', { protection: 'N' }, ['protect']],
    ['legacy', 'N', {}, ['protect']],
    ['legacy', 'Y', {}, []],
    ['legacy', 'Y', { protection: 'N' }, ['release']],
    // The sender's polarity was corrected in between: it has said nothing new about the person.
    ['legacy', 'Y', { protection: 'Y' }, []],
    ['cdc', 'X', {}, []],
    ['cdc', '', { protection: 'Y' }, []],
  ] as const)('PD1-12 of polarity %s: %s after %j gives %j', (polarity, sent, last, expected) => {
    expect(kinds({ protectionIndicator: sent }, last, polarity)).toEqual(expected);
  });

  it.each(Object.entries(SIGNAL_POLICY.publicity))(
    'PD1-11 %s stops %j, whatever the polarity',
    (code, stops) => {
      for (const polarity of ['off', 'cdc', 'legacy'] as const) {
        const { signals } = read({ publicityCode: code, publicityCodeSince: '2026-02-01' }, {}, polarity);
        const expected = {
          kind: 'stop-messages',
          messages: stops,
          signal: `PD1-11:${code}`,
          since: '2026-02-01',
        };
        expect(signals).toEqual(stops.length === 0 ? [] : [expected]);
        expect(kinds({ publicityCode: code }, { publicity: code }, polarity)).toEqual([]);
      }
    },
  );

  it('has the codes of the rule', () => {
    expect(SIGNAL_POLICY.publicity).toStrictEqual({
      '01': ['message'],
      '02': [],
      '03': ['call'],
      '04': ['recall'],
      '05': ['call', 'recall'],
      '06': ['reminder'],
      '07': ['call', 'reminder'],
      ...Object.fromEntries(['08', '09', '10', '11', '12'].map((code) => [code, ['message']])),
    });
  });

  it('takes no code for one that every object has', () => {
    expect(kinds({ publicityCode: 'constructor' })).toEqual([]);
  });

  it.each([
    ['I', {}, 'I'],
    ['P', {}, 'P'],
    ['A', {}, undefined],
    ['U', {}, undefined],
    ['M', { registryStatus: 'M' }, undefined],
    ['A', { registryStatus: 'M' }, 'A'],
  ] as const)('PD1-16 %s after %j gives %j', (registryStatus, last, expected) => {
    expect(read({ registryStatus }, last).registryStatus).toBe(expected);
  });

  it('keeps nothing where nothing was said that differs from saying nothing', () => {
    const last = {};
    expect(read({ publicityCode: '02', protectionIndicator: 'N', registryStatus: 'A' }, last).values).toBe(
      last,
    );
  });
});

describe('What a signal does', () => {
  it('locks an open record to the sender', () => {
    expect(decideSignal(PROTECT, facts(OPEN_SETTING))).toEqual({
      kind: 'change',
      change: { kind: 'lock', organizationId: A },
    });
  });

  it.each<[PrivacySetting, string, string]>([
    [LOCKED_TO_A, A, 'in-force'],
    // The whole organization would be more than its one site.
    [LOCKED_TO_SITE, A, 'would-loosen'],
    [LOCKED_TO_A, B, 'would-loosen'],
    [{ ...OPEN_SETTING, lock: { kind: 'nobody' } }, A, 'would-loosen'],
    [{ ...OPEN_SETTING, optedOut: true }, A, 'opted-out'],
  ])('leaves %j as it is for %s', (setting, organizationId, why) => {
    const sender = { organizationId, isProvider: true };
    expect(decideSignal(PROTECT, facts(setting, { sender }))).toEqual({ kind: 'nothing', why });
  });

  it('cannot lock to whoever is no provider: somebody asks', () => {
    const sender = { organizationId: A, isProvider: false };
    expect(decideSignal(PROTECT, facts(OPEN_SETTING, { sender }))).toEqual({
      kind: 'ask',
      task: 'protection-asked-by-signal',
    });
  });

  it('never unlocks: the holder has somebody ask, anybody else nothing', () => {
    expect(decideSignal(RELEASE, facts(LOCKED_TO_A))).toEqual({
      kind: 'ask',
      task: 'unlock-asked-by-signal',
    });
    const sender = { organizationId: B, isProvider: true };
    const other = { kind: 'nothing', why: 'not-the-holder' };
    expect(decideSignal(RELEASE, facts(LOCKED_TO_A, { sender }))).toEqual(other);
    expect(decideSignal(RELEASE, facts(OPEN_SETTING))).toEqual(other);
  });

  const decided = (at: string, day = at.slice(0, 10)) => ({ decided: { at, day } });
  it.each([
    ['a message after the decision', undefined, decided('2026-03-01T11:59:59Z'), 'change'],
    ['a message at the instant of the decision', undefined, decided(AT), 'nothing'],
    ['a message before the decision', undefined, decided('2026-03-02T00:00:00Z'), 'nothing'],
    ['a day before the decision’s', '2026-02-20', decided('2026-02-25T00:00:00Z'), 'nothing'],
    ['the day of the decision', '2026-02-25', decided('2026-02-25T15:00:00Z'), 'nothing'],
    ['a day after the decision’s', '2026-02-26', decided('2026-02-25T15:00:00Z'), 'change'],
    // What a message says of the future does not make it later than it is.
    ['a day to come', '2027-01-01', decided('2026-03-02T00:00:00Z'), 'nothing'],
  ])('%s: %s', (_name, since, later, kind) => {
    const signal = since === undefined ? PROTECT : { ...PROTECT, since };
    expect(decideSignal(signal, facts(OPEN_SETTING, later)).kind).toBe(kind);
  });

  it('is nothing once the sender’s signals have stopped', () => {
    expect(decideSignal(PROTECT, facts(OPEN_SETTING, { stopped: true }))).toEqual({
      kind: 'nothing',
      why: 'signals-stopped',
    });
  });

  const organizations = fc.constantFrom(A, B, 'clinic-c');
  const settings = fc.record({
    lock: fc.oneof(
      fc.constant({ kind: 'none' } as const),
      fc.constant({ kind: 'nobody' } as const),
      fc.record({ kind: fc.constant('only' as const), organizationId: organizations }),
      fc.record({
        kind: fc.constant('only' as const),
        organizationId: organizations,
        siteCode: fc.constantFrom('S1', 'S2'),
      }),
    ),
    optedOut: fc.boolean(),
    stopped: fc.subarray([...STOPPABLE]).map((stopped) => [...stopped].sort()),
  });
  const messages = fc.record({
    organizationId: organizations,
    isProvider: fc.boolean(),
    polarity: fc.constantFrom('off', 'cdc', 'legacy' as const),
    stopped: fc.boolean(),
    sent: fc.record(
      {
        protectionIndicator: fc.constantFrom('Y', 'N', 'X'),
        publicityCode: fc.constantFrom(...Object.keys(SIGNAL_POLICY.publicity), '99'),
      },
      { requiredKeys: [] },
    ),
  });

  it('never gives anybody access, nor starts a message again, whatever the sequence', () => {
    const viewers = [A, B, 'clinic-c', 'school'].flatMap((organizationId) => [
      { organizationId },
      { organizationId, siteCodes: ['S1'] },
      { organizationId, siteCodes: ['S2'] },
    ]);
    let changes = 0;
    fc.assert(
      fc.property(settings, fc.array(messages, { maxLength: 12 }), (start: PrivacySetting, sequence) => {
        const said = new Map<string, SignalValues>();
        let setting = start;
        for (const { organizationId, isProvider, polarity, stopped, sent } of sequence) {
          const { values, signals } = readSignals(sent, said.get(organizationId) ?? {}, polarity);
          said.set(organizationId, values);
          for (const signal of signals) {
            const sender = { organizationId, isProvider };
            const outcome = decideSignal(signal, facts(setting, { sender, stopped }));
            if (outcome.kind !== 'change') continue;
            const after = changed(setting, outcome.change);
            changes += 1;
            for (const viewer of viewers)
              if (allowsViewer(after, viewer)) expect(allowsViewer(setting, viewer)).toBe(true);
            expect(after.stopped).toEqual(expect.arrayContaining([...setting.stopped]));
            expect(after.optedOut).toBe(setting.optedOut);
            // A lock that is there stays with whom it is.
            if (setting.lock.kind !== 'none') expect(after.lock).toEqual(setting.lock);
            setting = after;
          }
        }
      }),
    );
    expect(changes).toBeGreaterThan(0);
  });
});

describe('The brake', () => {
  const message = (linkRevision: number, asksForProtection: boolean): CountedMessage => ({
    linkRevision,
    personId: `person-${linkRevision}`,
    submissionId: `submission-${linkRevision}`,
    asksForProtection,
  });
  const { percent, leastPersons } = SIGNAL_POLICY.brake;

  it('holds with the message by which the rate passes, not before', () => {
    const quiet = Array.from({ length: 250 - leastPersons }, (_each, index) => message(index, false));
    const asking = Array.from({ length: leastPersons + 1 }, (_each, index) => message(300 + index, true));
    // 5 of 250 are 2 %, 6 of 251 more.
    expect((leastPersons * 100) / (quiet.length + leastPersons)).toBe(percent);
    const counted = countDay(emptySignalDay, [...quiet, ...asking]);
    expect(counted?.stoppedFrom).toBe(300 + leastPersons);
    const day = evolveSignalDay(emptySignalDay, counted ?? { through: -1, persons: [], asked: [] });
    expect([hasStopped(day, 300 + leastPersons - 1), hasStopped(day, 300 + leastPersons)]).toEqual([
      false,
      true,
    ]);
  });

  it('does not hold for a few persons, nor for one person often', () => {
    const few = Array.from({ length: leastPersons - 1 }, (_each, index) => message(index, true));
    expect(countDay(emptySignalDay, few)?.stoppedFrom).toBeUndefined();
    const same = Array.from({ length: 50 }, (_each, index) => ({ ...message(index, true), personId: 'one' }));
    expect(countDay(emptySignalDay, same)?.stoppedFrom).toBeUndefined();
  });

  it('holds at the same message however the log is cut into batches and repeated', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 40 }), fc.boolean()), { maxLength: 80 }),
        fc.array(fc.nat({ max: 80 }), { maxLength: 6 }),
        (log, cuts) => {
          const messages = log.map(([person, asks], index) => ({
            ...message(index, asks),
            personId: `person-${person}`,
          }));
          const whole = countDay(emptySignalDay, messages);
          let day = emptySignalDay;
          const ends = [...cuts.map((cut) => Math.min(cut, messages.length)), messages.length].sort(
            (a, b) => a - b,
          );
          let from = 0;
          for (const to of ends) {
            // One more than is new: a repeat.
            const counted = countDay(day, messages.slice(Math.max(0, from - 1), to));
            if (counted !== undefined) day = evolveSignalDay(day, counted);
            from = to;
          }
          expect(day.stoppedFrom).toBe(whole?.stoppedFrom);
          expect(day.asked).toEqual(whole?.asked ?? []);
          expect(countDay(day, messages)).toBeUndefined();
        },
      ),
    );
  });
});
