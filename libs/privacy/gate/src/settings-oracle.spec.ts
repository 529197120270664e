import { PURPOSES, type OrganizationCategory, type PurposeOfUse } from '@registry/contracts';
import {
  decidePrivacy,
  evolvePrivacy,
  type PrivacyState,
  type SettingChange,
} from '@registry/privacy-domain';
import { clinicAccess } from '@registry/testing';
import { decideDisclosure, type DecisionFacts } from './decision.js';
import { MN_EXCHANGE_1 } from './disclosure-policy.js';

/**
 * Every sequence of up to five setting commands, for every reader and purpose, against an oracle: tables written from DOMAIN.md 2.1
 * and 3.1 to 3.3, which share no code with the decider, the setting or the gate.
 */

const COMMANDS = {
  'lock A': { kind: 'lock', organizationId: 'A' },
  'lock A1': { kind: 'lock', organizationId: 'A', siteCode: 'A1' },
  'lock B': { kind: 're-lock', organizationId: 'B' },
  unlock: { kind: 'unlock' },
  'opt out': { kind: 'opt-out' },
  'opt in': { kind: 'opt-in' },
  decline: { kind: 'decline-reminders' },
  accept: { kind: 'accept-reminders' },
} as const satisfies Record<string, SettingChange>;
type Command = keyof typeof COMMANDS;

/** Reader: category, organization, sites that its client serves. */
const READERS = {
  'all of A': ['provider', 'A', undefined],
  'site A1 of A': ['provider', 'A', ['A1']],
  'site A2 of A': ['provider', 'A', ['A2']],
  B: ['provider', 'B', undefined],
  school: ['school', 'S', undefined],
  insurer: ['group-purchaser', 'I', undefined],
  board: ['community-health-board', 'H', undefined],
} as const satisfies Record<string, readonly [OrganizationCategory, string, readonly string[] | undefined]>;
type Reader = keyof typeof READERS;

/** By the last lock or unlock: who is left. */
const SEES: Readonly<Record<string, readonly Reader[]>> = {
  none: ['all of A', 'site A1 of A', 'site A2 of A', 'B', 'school', 'insurer', 'board'],
  unlock: ['all of A', 'site A1 of A', 'site A2 of A', 'B', 'school', 'insurer', 'board'],
  'lock A': ['all of A', 'site A1 of A', 'site A2 of A'],
  'lock A1': ['site A1 of A'],
  'lock B': ['B'],
};

/** By reader: what it may ask for at all. */
const MAY_ASK: Readonly<Record<Reader, readonly PurposeOfUse[]>> = {
  'all of A': ['treatment'],
  'site A1 of A': ['treatment'],
  'site A2 of A': ['treatment'],
  B: ['treatment'],
  school: ['school'],
  insurer: ['coverage'],
  board: ['reminder', 'outbreak', 'assessment'],
};

const last = (sequence: readonly Command[], of: readonly Command[]): Command | 'none' =>
  sequence.findLast((command) => of.includes(command)) ?? 'none';

const isSeenBy = (sequence: readonly Command[], reader: Reader): boolean => {
  if (last(sequence, ['opt out', 'opt in']) === 'opt out') return false;
  return SEES[last(sequence, ['lock A', 'lock A1', 'lock B', 'unlock'])]?.includes(reader) === true;
};

const isReminded = (sequence: readonly Command[]): boolean =>
  last(sequence, ['decline', 'accept']) !== 'decline';

const readers = Object.keys(READERS) as Reader[];
const factsOf = (reader: Reader, purpose: PurposeOfUse): Omit<DecisionFacts, 'privacy'> => {
  const [category, organizationId, siteCodes] = READERS[reader];
  const { organization, agreement, client, relationship } = clinicAccess(organizationId, 'person-1');
  const purposes = [...PURPOSES];
  return {
    requester: { clientId: client.clientId, organizationId },
    purpose,
    personId: 'person-1',
    at: '2026-03-01T12:00:00.000Z',
    organization: { ...organization, category },
    // Whatever it could ask for is in agreement and relationship: only category and setting are in question.
    agreement: { ...agreement, purposes },
    client: { ...client, ...(siteCodes === undefined ? {} : { siteCodes: [...siteCodes] }) },
    relationship: { ...relationship, purposes },
  };
};
const questions = readers.flatMap((reader) =>
  PURPOSES.map((purpose) => ({ reader, purpose, facts: factsOf(reader, purpose) })),
);

const CAUSE = {
  kind: 'request',
  requestId: 'r1',
  approvedBy: 'desk',
  receivedAt: '2026-03-01T10:00:00.000Z',
} as const;

const applied = (state: PrivacyState, command: Command, revision: number): PrivacyState => {
  const [event] = decidePrivacy({ type: 'ChangeSetting', change: COMMANDS[command], cause: CAUSE }, state);
  return event === undefined ? state : evolvePrivacy(state, event, revision);
};

const MOST = 5;

describe('Every sequence of up to five setting commands', () => {
  it('lets see and remind whom the tables say', () => {
    const wrong: string[] = [];
    let sequences = 0;
    let decisions = 0;
    // A decision is a function of the setting: asked once for each that occurs, compared for each sequence that leads there.
    const answers = new Map<string, readonly boolean[]>();
    const answersFor = (state: PrivacyState): readonly boolean[] => {
      const key = JSON.stringify(state.status === 'opened' ? state.setting : state.status);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const asked = questions.map(
        ({ facts }) => decideDisclosure({ ...facts, privacy: state }, MN_EXCHANGE_1).permit,
      );
      answers.set(key, asked);
      return asked;
    };
    const check = (state: PrivacyState, sequence: readonly Command[]): void => {
      sequences += 1;
      const permits = answersFor(state);
      const seenBy = new Set(readers.filter((reader) => isSeenBy(sequence, reader)));
      for (const [place, { reader, purpose }] of questions.entries()) {
        decisions += 1;
        const permit = permits[place];
        if (permit !== (seenBy.has(reader) && MAY_ASK[reader].includes(purpose)))
          wrong.push(`${sequence.join(', ')}: ${reader} for ${purpose} ${String(permit)}`);
      }
      const stopped = state.status === 'opened' ? state.setting.stopped : [];
      if (isReminded(sequence) !== (stopped.length === 0)) wrong.push(`${sequence.join(', ')}: reminders`);
      if (sequence.length === MOST) return;
      for (const command of Object.keys(COMMANDS) as Command[])
        check(applied(state, command, sequence.length + 1), [...sequence, command]);
    };
    const [opening] = decidePrivacy(
      { type: 'OpenPrivacy', cause: { kind: 'registration' } },
      { status: 'unopened' },
    );
    if (opening === undefined) throw new Error('Nothing was opened');
    check(evolvePrivacy({ status: 'unopened' }, opening, 0), []);
    expect(wrong.slice(0, 10)).toEqual([]);
    // 8 commands, none to five of them; 7 readers, 9 purposes.
    expect(sequences).toBe(1 + 8 + 8 ** 2 + 8 ** 3 + 8 ** 4 + 8 ** 5);
    expect(decisions).toBe(sequences * 7 * 9);
  });
});
