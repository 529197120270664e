import fc from 'fast-check';
import {
  changed,
  meet,
  OPEN_SETTING,
  sameSetting,
  tightens,
  type PrivacySetting,
  type SettingChange,
} from './privacy-setting.js';
import type { SettingCause, SettingEvent, SettingEventType } from './privacy.events.js';
import { absorbedAfterUnmerge, survivorAfterUnmerge } from './unmerge.js';

const changes: SettingChange[] = [
  { kind: 'lock', organizationId: 'a' },
  { kind: 'lock', organizationId: 'a', siteCode: 'a1' },
  { kind: 'lock', organizationId: 'b' },
  { kind: 'unlock' },
  { kind: 'opt-out' },
  { kind: 'opt-in' },
  { kind: 'decline-reminders' },
  { kind: 'accept-reminders' },
  { kind: 'stop-messages', messages: ['call'] },
];
const anyChange = fc.constantFrom(...changes);
const anySetting = fc.array(anyChange, { maxLength: 4 }).map((list) => list.reduce(changed, OPEN_SETTING));
/** Who a change's requester was verified for, while merged. */
const anyPart = fc.constantFrom('survivor', 'absorbed', undefined);

const isAbsorbed = (part: string) => part === 'absorbed';

/** A survivor's stream, written as the gate would. */
class Stream {
  readonly history: SettingEvent[] = [];

  constructor(public setting: PrivacySetting) {
    this.add('PrivacyOpened', setting, { kind: 'registration' });
  }

  change(change: SettingChange, verifiedFor: string | undefined): void {
    const cause: SettingCause = {
      kind: 'request',
      requestId: 'r',
      approvedBy: 'desk',
      receivedAt: '2026-03-01T10:00:00.000Z',
      ...(verifiedFor === undefined ? {} : { verifiedFor }),
    };
    this.add('RecordLocked', changed(this.setting, change), cause, change);
  }

  merge(mergeId: string, absorbedId: string, other: PrivacySetting): void {
    const cause: SettingCause = { kind: 'merge', mergeId, survivorId: 'survivor', absorbedId, other };
    this.add('PersonsMerged', meet(this.setting, other), cause);
  }

  unmerge(mergeId: string, isPart: (part: string) => boolean): void {
    const setting = survivorAfterUnmerge(this.history, mergeId, isPart);
    const cause: SettingCause = { kind: 'unmerge', mergeId, survivorId: 'survivor', absorbedId: mergeId };
    this.add('PersonsUnmerged', setting, cause);
  }

  private add(
    type: SettingEventType,
    setting: PrivacySetting,
    cause: SettingCause,
    change?: SettingChange,
  ): void {
    this.setting = setting;
    const data = { setting, previousSettingRevision: null, cause };
    this.history.push({ type, data: change === undefined ? data : { ...data, change } });
  }
}

const atLeastAsStrict = (a: PrivacySetting, b: PrivacySetting) => sameSetting(a, b) || tightens(b, a);

describe('An un-merge', () => {
  it('of a merge in which nothing changed gives both their own settings back', () => {
    fc.assert(
      fc.property(anySetting, anySetting, (own, other) => {
        const stream = new Stream(own);
        stream.merge('m1', 'absorbed', other);
        expect(atLeastAsStrict(stream.setting, own)).toBe(true);
        expect(atLeastAsStrict(stream.setting, other)).toBe(true);
        expect(absorbedAfterUnmerge(other, stream.history, 'm1', isAbsorbed)).toStrictEqual({
          setting: other,
          since: [],
        });
        stream.unmerge('m1', isAbsorbed);
        expect(stream.setting).toStrictEqual(own);
      }),
    );
  });

  it('gives no part anything looser than at the merge, but by a loosening verified for that part', () => {
    fc.assert(
      fc.property(
        anySetting,
        anySetting,
        fc.array(fc.tuple(anyChange, anyPart), { maxLength: 6 }),
        (own, other, made) => {
          const stream = new Stream(own);
          stream.merge('m1', 'absorbed', other);
          for (const [change, part] of made) stream.change(change, part);
          const { setting: absorbed } = absorbedAfterUnmerge(other, stream.history, 'm1', isAbsorbed);
          const survivor = survivorAfterUnmerge(stream.history, 'm1', isAbsorbed);
          if (!made.some(([, part]) => part === 'absorbed')) {
            expect(atLeastAsStrict(absorbed, other)).toBe(true);
          }
          if (!made.some(([, part]) => part === 'survivor')) {
            expect(atLeastAsStrict(survivor, own)).toBe(true);
          }
        },
      ),
    );
  });

  it('leaves each part every opt-out made since that nobody took back for it', () => {
    const stream = new Stream(OPEN_SETTING);
    stream.merge('m1', 'absorbed', OPEN_SETTING);
    stream.change({ kind: 'opt-out' }, 'survivor');
    stream.change({ kind: 'opt-in' }, 'survivor');
    expect(absorbedAfterUnmerge(OPEN_SETTING, stream.history, 'm1', isAbsorbed).setting.optedOut).toBe(true);
    expect(survivorAfterUnmerge(stream.history, 'm1', isAbsorbed).optedOut).toBe(false);
  });

  it('of all merges, in any order, leaves a survivor that nothing was changed for as it was', () => {
    fc.assert(
      fc.property(
        anySetting,
        fc.array(anySetting, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (own, others, picks) => {
          const stream = new Stream(own);
          const standing: string[] = [];
          const settings = new Map<string, PrivacySetting>();
          for (const [index, other] of others.entries()) {
            stream.merge(`m${index}`, `p${index}`, other);
            settings.set(`m${index}`, other);
            standing.push(`m${index}`);
          }
          while (standing.length > 0) {
            const [mergeId = ''] = standing.splice((picks.next().value ?? 0) % standing.length, 1);
            stream.unmerge(mergeId, (part) => part === mergeId.replace('m', 'p'));
            // Whoever is still merged is as strict as the strictest of the parts.
            const left = standing.map((id) => settings.get(id) ?? OPEN_SETTING).reduce(meet, own);
            expect(stream.setting).toStrictEqual(left);
          }
          expect(stream.setting).toStrictEqual(own);
        },
      ),
    );
  });
});
