import type { RecordedEvent } from '@registry/event-store';
import {
  allowsViewer,
  changed,
  evolvePrivacy,
  initialPrivacyState,
  isSettingEventType,
  sameSetting,
  type PrivacyEvent,
  type PrivacySetting,
  type PrivacyState,
  type RecordDisclosedData,
} from '@registry/privacy-domain';
import { clinicAccess } from '@registry/testing';
import { decideDisclosure } from '../decision.js';
import { MN_EXCHANGE_1 } from '../disclosure-policy.js';
import { RELEASE_BOUND_MS, SETTING_CHANGE_DEADLINE_MS } from '../release-gate.js';
import { PERSON } from './gate-world.js';
import type { Change, Reading, Run } from './interleaving.js';

const disclosedData = (event: RecordedEvent): RecordDisclosedData =>
  event.data as unknown as RecordDisclosedData;

/** One run, replayed: the setting in force after each revision, and where each inquiry was disclosed and aborted. */
class Replay {
  /** Index = revision. */
  readonly settings: (PrivacySetting | undefined)[] = [];
  readonly disclosedAt = new Map<string, number[]>();
  readonly abortedAt = new Map<string, number[]>();
  readonly violations: string[] = [];

  constructor(readonly run: Run) {
    let state: PrivacyState = initialPrivacyState;
    for (const event of run.history) {
      this.checkEvent(event, state);
      state = evolvePrivacy(state, event as unknown as PrivacyEvent, event.revision);
      this.settings.push(state.status === 'opened' ? state.setting : undefined);
    }
  }

  settingAt(revision: number): PrivacySetting | undefined {
    return this.settings[revision];
  }

  /** Is there a setting that lets the organization (or keeps it from) seeing, in force at one of these revisions? */
  some(from: number, to: number, organizationId: string, allowed: boolean): boolean {
    return this.settings
      .slice(Math.max(0, from), to + 1)
      .some((each) => (each !== undefined && allowsViewer(each, { organizationId })) === allowed);
  }

  /** What every event must be on the setting that a replay finds in force before it. */
  private checkEvent(event: RecordedEvent, before: PrivacyState): void {
    const inForce = before.status === 'opened' ? before.settingRevision : null;
    const { revision, type, data } = event;
    if (isSettingEventType(type)) {
      this.expect(
        data['previousSettingRevision'] === inForce,
        `${type} at ${revision} misnames its forerunner`,
      );
      return;
    }
    this.expect(data['settingRevision'] === inForce, `${type} at ${revision} misnames the setting in force`);
    const places = type === 'RecordDisclosed' ? this.disclosedAt : this.abortedAt;
    const { inquiryId } = disclosedData(event);
    places.set(inquiryId, [...(places.get(inquiryId) ?? []), revision]);
    if (type === 'RecordDisclosed') {
      const { organizationId, clientId, decidedAt } = disclosedData(event);
      const { permit } = decideDisclosure(
        {
          requester: { organizationId, clientId },
          purpose: 'treatment',
          personId: PERSON,
          at: decidedAt,
          ...clinicAccess(organizationId, PERSON),
          privacy: before,
        },
        MN_EXCHANGE_1,
      );
      this.expect(
        permit,
        `the disclosure at ${revision} is forbidden by the setting that it was committed on`,
      );
    } else {
      this.expect(this.disclosedAt.has(inquiryId), `an abort at ${revision} without its disclosure`);
    }
  }

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.violations.push(otherwise);
  }
}

/** Everything that is wrong with a run; empty for a gate that keeps its promises. */
export const violationsOf = (run: Run): readonly string[] => {
  const replay = new Replay(run);
  const ids = run.history.map(({ id }) => id);
  replay.expect(new Set(ids).size === ids.length, 'something was appended twice');
  replay.expect(run.unfinished === 0, 'somebody waits for ever');
  for (const reading of run.readings) checkReading(replay, reading);
  for (const change of run.changes) checkChange(replay, change);
  if (run.faults === 0 && !run.stormy) checkAccounts(replay);
  return replay.violations;
};

const checkReading = (replay: Replay, reading: Reading): void => {
  const { run } = replay;
  const { organizationId, inquiryId = '', began, answered, outcome, handedOver } = reading;
  const name = `the reading ${inquiryId} by ${organizationId}`;
  const disclosures = replay.disclosedAt.get(inquiryId) ?? [];
  const aborts = replay.abortedAt.get(inquiryId) ?? [];
  replay.expect(disclosures.length <= 1, `${name} was disclosed twice`);
  replay.expect(aborts.length <= 1, `${name} was aborted twice`);
  if (answered === undefined) {
    replay.expect(false, `${name} got no answer`);
    return;
  }
  replay.expect(outcome !== 'rejected', `${name} was thrown at`);
  replay.expect(
    !(run.faults === 0 && outcome === 'unavailable' && answered.at - began.at < RELEASE_BOUND_MS),
    `${name} failed although nothing was wrong and there was time`,
  );
  if (outcome !== 'unavailable') {
    replay.expect(run.journal.includes(inquiryId), `${name} was answered and not journaled`);
  }
  if (outcome === 'refused') {
    replay.expect(
      replay.some(began.committed - 1, answered.committed - 1, organizationId, false),
      `${name} was refused although every setting in force meanwhile permits it`,
    );
  }
  if (outcome === 'released') {
    const [at] = disclosures;
    const event = at === undefined ? undefined : run.history[at];
    replay.expect(event !== undefined, `${name} was released and never committed`);
    if (event !== undefined) {
      replay.expect(
        disclosedData(event).organizationId === organizationId,
        `${name} stands in another's name`,
      );
      replay.expect(event.revision < answered.committed, `${name} was released before it was committed`);
      replay.expect(event.revision >= began.committed, `${name} was committed before it was asked for`);
    }
    const registryId = clinicAccess(organizationId, PERSON).relationship.registryId;
    replay.expect(reading.releasedId === registryId, `${name} got another organization's id`);
  }
  if (handedOver !== undefined) {
    replay.expect(outcome === 'released', `${name} was handed over and not released`);
    replay.expect(aborts.length === 0, `${name} was handed over and recorded as aborted`);
    checkHandOver(replay, reading, handedOver.step, disclosures[0] ?? -1);
  }
};

/** Nothing leaves after the acknowledgement of a setting that forbids it, however long ago it was decided. */
const checkHandOver = (
  replay: Replay,
  { organizationId }: Reading,
  step: number,
  disclosed: number,
): void => {
  for (const { change, ended, outcome } of replay.run.changes) {
    if (ended === undefined || ended.step > step || typeof outcome !== 'object') continue;
    if (outcome.settingRevision < disclosed) continue;
    replay.expect(
      !replay.some(disclosed + 1, outcome.settingRevision, organizationId, false),
      `${organizationId} was handed the disclosure at ${disclosed} after ${change.kind} was acknowledged, ` +
        `in force since ${outcome.settingRevision}`,
    );
  }
};

const checkChange = (replay: Replay, { change, eventId, began, ended, outcome }: Change): void => {
  const { run } = replay;
  const name = `the change ${eventId} (${change.kind})`;
  if (ended === undefined || outcome === undefined) {
    replay.expect(false, `${name} was never answered`);
    return;
  }
  replay.expect(outcome !== 'rejected', `${name} failed in a way of its own`);
  const places = run.history.filter(({ id }) => id === eventId);
  replay.expect(places.length <= 1, `${name} was made ${places.length} times`);
  if (typeof outcome !== 'object') {
    replay.expect(
      run.faults > 0 || ended.at - began.at >= SETTING_CHANGE_DEADLINE_MS,
      `${name} failed although nothing was wrong and there was time`,
    );
    return;
  }
  const { settingRevision } = outcome;
  const setting = replay.settingAt(settingRevision);
  replay.expect(
    setting !== undefined && sameSetting(changed(setting, change), setting),
    `${name} was acknowledged and is not in force at ${settingRevision}`,
  );
  replay.expect(
    outcome.changed ? places[0]?.revision === settingRevision : places.length === 0,
    `${name} names the wrong event`,
  );
  replay.expect(settingRevision < ended.committed, `${name} was acknowledged before it was committed`);
  if (run.processes === 'one') return;
  const known = outcome.changed
    ? run.commits.find(({ lastRevision }) => lastRevision >= settingRevision)?.moment.at
    : began.at;
  replay.expect(
    known !== undefined && ended.at - known >= RELEASE_BOUND_MS,
    `${name} was acknowledged before what others had decided could no longer leave`,
  );
};

/** Without faults, and given the time, the history accounts for everything: each disclosure was handed over, or says that it was not. */
const checkAccounts = (replay: Replay): void => {
  const handedOver = new Set(
    replay.run.readings.flatMap((each) => (each.handedOver === undefined ? [] : [each.inquiryId])),
  );
  for (const [inquiryId] of replay.disclosedAt) {
    replay.expect(
      handedOver.has(inquiryId) !== replay.abortedAt.has(inquiryId),
      `the disclosure of ${inquiryId} is neither handed over nor aborted`,
    );
  }
};
