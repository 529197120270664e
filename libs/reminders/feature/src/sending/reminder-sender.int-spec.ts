import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyRing, type KeyRing } from '@registry/content-keys';
import { NotDelivered, type Delivery, type OutgoingMessage } from '@registry/delivery';
import { createMemoryEventStore, type EventStore, type NewEvent } from '@registry/event-store';
import {
  privacyStream,
  ReleaseGate,
  seal,
  vitalStatusStream,
  type GateClock,
  type PersonRecord,
} from '@registry/privacy-gate';
import type { CampaignEntry } from '@registry/reminders-domain';
import { clinicAccess, storeAccess, storeOrganization, storeRelationship } from '@registry/testing';
import { reminderStream, ReminderSender } from './reminder-sender.js';

const PERSON = 'person-1';
const NORTH = 'board-north';
const SOUTH = 'board-south';
const NOW = new Date('2026-03-02T12:00:00.000Z');

const RECORD: PersonRecord = {
  name: { family: 'Quill', given: 'Ada' },
  birthDate: '2019-04-02',
  addresses: [{ street: '1 Elm St', city: 'Duluth', state: 'MN', zip: '55802' }],
  guardians: [],
  doses: [],
  indications: [],
};
const ENTRY: CampaignEntry = {
  registryId: 'some-id',
  vaccine: '03',
  dueOn: '2026-03-01',
  kind: 'reminder',
  channel: 'letter',
};

/** What is delivered, and what to do when something is. */
class RecordingDelivery implements Delivery {
  readonly delivered: OutgoingMessage[] = [];
  onDelivery: () => Promise<void> = () => Promise.resolve();

  async deliver(message: OutgoingMessage): Promise<void> {
    this.delivered.push(message);
    await this.onDelivery();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('Sending a reminder', () => {
  let folder: string;
  let keys: KeyRing;
  let store: EventStore;
  let gate: ReleaseGate;
  let delivery: RecordingDelivery;
  let sender: ReminderSender;
  /** Runs when the gate takes the record, which is between a decision to disclose and its commit. */
  let onLoad: () => Promise<void>;

  const clock: GateClock & { now(): Date } = {
    now: () => NOW,
    monotonic: () => performance.now(),
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reminders-'));
    keys = await openKeyRing(join(folder, 'keys'));
    store = createMemoryEventStore({ now: () => NOW });
    onLoad = () => Promise.resolve();
    gate = new ReleaseGate({
      store,
      records: {
        load: async () => {
          await onLoad();
          return { record: seal(RECORD), linksRevision: 0 };
        },
      },
      journal: { append: () => Promise.resolve() },
      processes: 'one',
      clock,
    });
    delivery = new RecordingDelivery();
    sender = new ReminderSender({ store, gate, keys, delivery, clock });
    for (const board of [NORTH, SOUTH]) await storeAccess(store, access(board));
    await append(privacyStream(PERSON), 'PrivacyOpened', {
      setting: { lock: { kind: 'none' }, optedOut: false, stopped: [] },
      previousSettingRevision: null,
      cause: { kind: 'registration' },
    });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const access = (board: string, personId = PERSON) => {
    const { organization, agreement, client, relationship } = clinicAccess(board, personId);
    return {
      organization: { ...organization, category: 'community-health-board' as const, name: board },
      agreement: { ...agreement, purposes: ['reminder' as const] },
      client,
      relationship: {
        organizationId: board,
        personId,
        registryId: relationship.registryId,
        items: [
          {
            kind: 'residence' as const,
            purposes: ['reminder' as const],
            startsAt: relationship.startsAt,
            endsAt: relationship.endsAt,
          },
        ],
        purposes: ['reminder' as const],
        startsAt: relationship.startsAt,
        endsAt: relationship.endsAt,
      },
    };
  };

  const append = async (stream: string, type: string, data: NewEvent['data']): Promise<void> => {
    const [head] = await store.heads([stream]);
    await store.append(stream, head?.revision ?? 'none', [
      { id: randomUUID(), type, data, metadata: { schemaVersion: 1 } },
    ]);
  };

  const send = (board = NORTH, campaignId = `campaign of ${board}`, entry = ENTRY, personId = PERSON) =>
    sender.send({
      campaignId,
      place: 0,
      organizationId: board,
      clientId: `${board}-client`,
      personId,
      entry,
    });

  const events = async (): Promise<string[]> =>
    (await store.read(reminderStream(PERSON))).map(({ type, data }) =>
      [
        type,
        ...((data['reasons'] as string[] | undefined) ?? []),
        (data['reason'] as string | undefined) ?? '',
      ]
        .join(' ')
        .trim(),
    );

  const decline = (): Promise<unknown> =>
    gate.changeSetting(
      PERSON,
      {
        type: 'ChangeSetting',
        change: { kind: 'decline-reminders' },
        cause: { kind: 'request', requestId: 'r', approvedBy: 'desk', receivedAt: NOW.toISOString() },
      },
      { schemaVersion: 1 },
      randomUUID(),
    );

  it('commits, discloses, delivers and confirms', async () => {
    await send();
    expect(await events()).toEqual(['ReminderSent', 'ReminderConfirmed']);
    expect(delivery.delivered).toMatchObject([{ channel: 'letter', from: NORTH }]);
    const [disclosed] = (await store.read(privacyStream(PERSON))).filter(
      ({ type }) => type === 'RecordDisclosed',
    );
    expect(disclosed?.data).toMatchObject({ purpose: 'reminder', organizationId: NORTH });
  });

  it('sends nothing twice, by a repeat or by another agency', async () => {
    await send();
    await send();
    await send(SOUTH);
    await send(SOUTH);
    expect(delivery.delivered).toHaveLength(1);
    expect(await events()).toEqual([
      'ReminderSent',
      'ReminderConfirmed',
      'ReminderWithheld reminded-already',
    ]);
  });

  it('lets one of two agencies at once be the one', async () => {
    await Promise.all([send(NORTH), send(SOUTH), send(NORTH, 'another'), send(SOUTH, 'yet another')]);
    expect(delivery.delivered).toHaveLength(1);
    expect((await events()).filter((event) => event === 'ReminderSent')).toHaveLength(1);
  });

  it('does not send what may have left before an interruption', async () => {
    // The program ends while the letter is being handed over.
    delivery.onDelivery = () => new Promise(() => undefined);
    void send();
    while (delivery.delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    delivery.onDelivery = () => Promise.resolve();
    await send();
    expect(delivery.delivered).toHaveLength(1);
    expect(await events()).toEqual(['ReminderSent', 'ReminderUnconfirmed']);
    await send(SOUTH);
    expect(delivery.delivered).toHaveLength(1);
  });

  it('counts what certainly did not arrive as not sent, and what may have as sent', async () => {
    delivery.onDelivery = () => Promise.reject(new NotDelivered('refused'));
    await send();
    delivery.onDelivery = () => Promise.reject(new Error('Who knows'));
    await send(SOUTH);
    await send(NORTH, 'later');
    expect(await events()).toEqual([
      'ReminderSent',
      'ReminderFailed refused',
      'ReminderSent',
      'ReminderUnconfirmed',
      'ReminderWithheld reminded-already',
    ]);
    expect(delivery.delivered).toHaveLength(2);
  });

  it('never lets a reminder leave after a decline was acknowledged, at whatever moment it comes', async () => {
    /** Calls of the store during one undisturbed sending: the decline is started before each of them in turn. */
    const calls = ['append', 'read', 'heads'] as const;
    let sent = 0;
    let withheld = 0;
    for (let moment = 0; moment < 60; moment += 1) {
      const plain = createMemoryEventStore({ now: () => NOW });
      store = plain;
      for (const board of [NORTH]) await storeAccess(plain, access(board));
      await append(privacyStream(PERSON), 'PrivacyOpened', {
        setting: { lock: { kind: 'none' }, optedOut: false, stopped: [] },
        previousSettingRevision: null,
        cause: { kind: 'registration' },
      });
      let count = 0;
      let acknowledged = false;
      let declining: Promise<unknown> | undefined;
      const seen = Object.create(plain) as EventStore;
      for (const call of calls) {
        const original = plain[call].bind(plain) as (...given: unknown[]) => Promise<unknown>;
        Object.assign(seen, {
          [call]: async (...given: unknown[]) => {
            count += 1;
            if (count === moment + 1 && declining === undefined) {
              declining = decline().then(() => (acknowledged = true));
              // The decline gets as far as it can before the sending goes on.
              for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            }
            return original(...given);
          },
        });
      }
      gate = new ReleaseGate({
        store: plain,
        records: { load: () => Promise.resolve({ record: seal(RECORD), linksRevision: 0 }) },
        journal: { append: () => Promise.resolve() },
        processes: 'one',
        clock,
      });
      delivery = new RecordingDelivery();
      let leftAfter = false;
      delivery.onDelivery = () => {
        leftAfter = acknowledged;
        return Promise.resolve();
      };
      sender = new ReminderSender({ store: seen, gate, keys, delivery, clock });
      await send();
      await declining;
      expect(leftAfter).toBe(false);
      if (delivery.delivered.length > 0) sent += 1;
      else withheld += 1;
      if (declining === undefined) break;
    }
    // It was tried early enough to stop it, and too late.
    expect(sent).toBeGreaterThan(0);
    expect(withheld).toBeGreaterThan(1);
  });

  it('waits with what is said of a death until somebody has looked', async () => {
    const taskStream = 'task-t';
    await append(taskStream, 'TaskOpened', {});
    await append(vitalStatusStream(PERSON), 'DeathReported', {
      submissionId: 's',
      reportedBy: ['o'],
      taskStream,
    });
    await send();
    await append(taskStream, 'TaskClosed', { closedBy: 'desk', outcome: 'alive' });
    await send(NORTH, 'later');
    await append(vitalStatusStream(PERSON), 'DeathRecorded', { submissionId: 's2' });
    await send(NORTH, 'last', { ...ENTRY, vaccine: '10' });
    expect(await events()).toEqual([
      'ReminderWithheld possible-death',
      'ReminderSent',
      'ReminderConfirmed',
      'ReminderWithheld deceased',
    ]);
  });

  it('reminds nobody whom the agency has no relationship or agreement for', async () => {
    const { relationship: _none, ...stranger } = access('board-far');
    await storeOrganization(store, stranger);
    await send('board-far');
    const lapsed = access('board-lapsed');
    await storeOrganization(store, {
      ...lapsed,
      agreement: { ...lapsed.agreement, endsAt: '2026-03-01T00:00:00.000Z' },
    });
    await storeRelationship(store, lapsed.relationship);
    await send('board-lapsed');
    expect(await events()).toEqual([
      'ReminderWithheld agency-not-entitled',
      'ReminderWithheld agency-not-entitled',
    ]);
  });

  it('remembers across a merge whom it reminded', async () => {
    await send();
    const survivor = 'person-2';
    const other = { lock: { kind: 'none' }, optedOut: false, stopped: [] };
    const cause = { kind: 'merge', mergeId: 'm', survivorId: survivor, absorbedId: PERSON, other };
    await append(privacyStream(survivor), 'PersonsMerged', {
      setting: other,
      previousSettingRevision: null,
      cause,
    });
    await append(privacyStream(PERSON), 'SettingFollows', {
      settingRevision: 0,
      survivorId: survivor,
      mergeId: 'm',
    });
    await send(SOUTH);
    const last = await store.heads([reminderStream(survivor)]);
    expect(last[0]?.data['reasons']).toEqual(['reminded-already']);
  });
});
