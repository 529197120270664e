import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteKeyReader } from '@registry/content-keys';
import { Facts } from './facts.js';
import { apply } from './help-desk.js';
import { decided, eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(90_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const BOARD = 'demo-health-board';
const HELP_DESK = 'demo-help-desk';
const VITAL_RECORDS = 'demo-vital-records';
const NOBODY = '7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11';

interface Person {
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

interface Entry {
  readonly registryId: string;
  readonly vaccine?: string;
  readonly kind?: string;
  readonly channel?: string;
  readonly email?: string;
}

describe('Reminders and notices', () => {
  const folder = temporaryFolder();
  const outbox = join(folder.path, 'outbox');
  let registry: RegistryProcess;
  let messages = 0;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
  });
  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const submit = async (person: Person, { died = false } = {}): Promise<void> => {
    messages += 1;
    const controlId = `REM${messages}`;
    const message = vxu({
      controlId,
      facility: 'LAKESIDE',
      mrn: person.family,
      ...person,
      orderNumber: controlId,
      administeredOn: '2025-06-01',
      lot: 'LOT7',
      street: '1 Elm St',
    }).replace('^Duluth^MN^55802^USA^H', '^Two Harbors^MN^55616^USA^H^^27075');
    // PID-11 is there; PID-30 is nineteen fields on.
    const hl7 = died ? message.replace('^^27075', `^^27075${'|'.repeat(19)}Y`) : message;
    const ack = await registry.request('POST', '/hl7', { as: LAKESIDE, hl7 });
    expect(acknowledgedAs(ack.body, controlId)).toMatch(/^A[AE]$/);
  };

  /** The health board's own id for a person of its county. */
  const known = async (as: string, purpose: string, name: Person): Promise<string> => {
    const search = async () => {
      const answer = await decided(() =>
        registry.request('POST', '/persons/search', { as, purpose, json: { name } }),
      );
      return (answer.json() as { persons: { id: string }[] }).persons;
    };
    const [person] = await eventually(search, (persons) => persons.length === 1);
    return person?.id ?? '';
  };

  const newPerson = async (person: Person): Promise<string> => {
    await submit(person);
    return known(BOARD, 'reminder', person);
  };

  const remind = async (as: string, ...entries: Entry[]) =>
    registry.request('POST', '/reminders/campaigns', {
      as,
      json: {
        entries: entries.map((entry) => ({
          vaccine: '03',
          dueOn: '2026-03-01',
          kind: 'reminder',
          channel: 'letter',
          ...entry,
        })),
      },
    });

  const stored = async (...types: string[]): Promise<{ type: string; data: Record<string, unknown> }[]> => {
    const facts = await Facts.open(folder.path);
    try {
      return (await facts.all()).filter(({ type }) => types.includes(type));
    } finally {
      await facts.close();
    }
  };

  /** Sends a list and waits until so many more reminders are decided; resolves with what became of these. */
  const reminded = async (as: string, ...entries: Entry[]): Promise<string[]> => {
    const outcomes = async () => {
      const events = await stored(
        'ReminderConfirmed',
        'ReminderFailed',
        'ReminderUnconfirmed',
        'ReminderWithheld',
      );
      return events.map(({ type, data }) =>
        [type, ...((data['reasons'] as string[] | undefined) ?? [])].join(' '),
      );
    };
    const before = (await outcomes()).length;
    const answer = await remind(as, ...entries);
    expect(answer.status).toBe(202);
    expect(answer.json()).toEqual({ campaignId: expect.any(String) as unknown, accepted: entries.length });
    const all = await eventually(outcomes, (now) => now.length >= before + entries.length);
    return all.slice(before);
  };

  const letters = () => readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'));

  it('reach a person once, whatever the agency', async () => {
    const person = { family: 'Reminderson', given: 'Nora', birthDate: '2019-05-06' };
    const registryId = await newPerson(person);
    expect(await reminded(BOARD, { registryId })).toEqual(['ReminderConfirmed']);
    expect(letters()).toHaveLength(1);
    const [letter = ''] = letters();
    expect(JSON.parse(letter)).toMatchObject({
      channel: 'letter',
      from: 'North Shore Community Health Board',
      to: ['To the parent or guardian of Nora Reminderson', '1 Elm St', 'Two Harbors, MN 55616'],
    });
    expect(letter).not.toMatch(/MMR|measles|"03"|hep/i);
    for (const name of readdirSync(outbox)) expect(statSync(join(outbox, name)).mode & 0o777).toBe(0o600);

    expect(await reminded(BOARD, { registryId })).toEqual(['ReminderWithheld reminded-already']);
    // Another dose is another matter.
    expect(
      await reminded(BOARD, { registryId, vaccine: '10', channel: 'email', email: 'parent@example.org' }),
    ).toEqual(['ReminderConfirmed']);
    expect(letters().filter((text) => text.includes('"email"'))).toHaveLength(1);
    expect(letters().find((text) => text.includes('"email"'))).not.toMatch(/Nora|Reminderson|Elm/);
    // The address is a disclosure, and in the person's history.
    expect((await stored('RecordDisclosed')).map(({ data }) => data['purpose'])).toContain('reminder');
  });

  it('reach nobody who declined, locked, opted out or may have died', async () => {
    const people = ['Declineson', 'Lockson', 'Optson', 'Diedson'].map((family, index) => ({
      family,
      given: 'Nora',
      birthDate: `2018-0${index + 1}-07`,
    }));
    const ids: string[] = [];
    for (const person of people) ids.push(await newPerson(person));
    const [declines, locks, optsOut, dies] = people as [Person, Person, Person, Person];
    const [declined = '', locked = '', optedOut = '', died = ''] = ids;
    await apply(registry, { change: 'decline-reminders' }, declines);
    await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, locks);
    await apply(registry, { change: 'opt-out' }, optsOut);
    await submit(dies, { died: true });
    await eventually(
      () => stored('DeathReported'),
      (events) => events.length === 1,
    );
    const before = letters().length;
    const outcomes = await reminded(
      BOARD,
      { registryId: declined },
      { registryId: locked },
      { registryId: optedOut },
      { registryId: died },
    );
    expect(outcomes).toEqual([
      'ReminderWithheld declined',
      'ReminderWithheld locked',
      'ReminderWithheld opted-out',
      'ReminderWithheld possible-death',
    ]);
    expect(letters()).toHaveLength(before);
    expect((await stored('TaskOpened')).map(({ data }) => data['kind'])).toContain('possible-death');

    // Nor for a while after an opt-in, while a decline ends only the reminders that it names.
    await apply(registry, { change: 'opt-in' }, optsOut);
    expect(await reminded(BOARD, { registryId: optedOut, kind: 'recall' })).toEqual([
      'ReminderWithheld opted-in-recently',
    ]);
  });

  it('reach whoever lives after all, once the record of the death is voided', async () => {
    const person = { family: 'Alivason', given: 'Nora', birthDate: '2018-08-08' };
    const registryId = await newPerson(person);
    const record = {
      ...person,
      fileNumber: 'D-2026-1',
      facilityMrn: person.family,
      facilityAuthority: 'LAKESIDE',
    };
    const send = async (row: object, noted: string) => {
      const sent = await registry.request('POST', '/deaths', {
        as: VITAL_RECORDS,
        json: [{ ...record, ...row }],
      });
      expect(sent.json()).toMatchObject({ accepted: 1 });
      await eventually(
        () => stored(noted),
        (events) => events.length === 1,
      );
    };
    await send(
      { event: 'death', deathDate: '2026-01-10', issuedAt: '2026-01-12T15:00:00Z' },
      'DeathRecorded',
    );
    expect(await reminded(BOARD, { registryId })).toEqual(['ReminderWithheld deceased']);
    await send({ event: 'void', issuedAt: '2026-01-20T15:00:00Z' }, 'DeathRecordVoided');
    expect(await reminded(BOARD, { registryId })).toEqual(['ReminderConfirmed']);
  });

  it('are answered alike for whoever is not there, and refused to who does not remind', async () => {
    const there = await newPerson({ family: 'Thereson', given: 'Nora', birthDate: '2019-09-09' });
    const answers = [await remind(BOARD, { registryId: NOBODY }), await remind(BOARD, { registryId: there })];
    const [absent, present] = answers.map(({ status, headers, body }) => ({
      status,
      headers,
      body: body.replace(/"campaignId":"[^"]+"/, ''),
    }));
    expect(absent).toEqual(present);
    const clinic = await remind(LAKESIDE, { registryId: NOBODY });
    expect([clinic.status, (clinic.json() as { code: string }).code]).toEqual([
      422,
      'REMINDER.PURPOSE_NOT_AGREED',
    ]);
    expect((await remind(HELP_DESK, { registryId: NOBODY })).status).toBe(403);
    expect((await remind(BOARD, { registryId: 'x' })).status).toBe(400);
    expect((await remind(BOARD, { registryId: NOBODY, channel: 'email' })).status).toBe(400);
    expect((await remind(BOARD)).status).toBe(400);
  });

  it('are answered the same when a list comes again after it was worked off and destroyed', async () => {
    const registryId = await newPerson({ family: 'Againson', given: 'Nora', birthDate: '2019-03-03' });
    const send = () =>
      registry.request('POST', '/reminders/campaigns', {
        as: BOARD,
        headers: { 'idempotency-key': 'may-list' },
        json: {
          entries: [{ registryId, vaccine: '03', dueOn: '2026-05-01', kind: 'reminder', channel: 'letter' }],
        },
      });
    const before = (await stored('ReminderConfirmed')).length;
    const first = await send();
    expect(first.status).toBe(202);
    await eventually(
      () => stored('ReminderConfirmed'),
      (events) => events.length > before,
    );
    const keyId = `campaign-${(first.json() as { campaignId: string }).campaignId}`;
    const reader = openSqliteKeyReader({ file: join(folder.path, 'keys.db') });
    await eventually(
      () => reader.getMany([keyId]),
      (keys) => keys.size === 0,
    );
    await reader.close();
    expect((await send()).body).toBe(first.body);
  });

  it('of participation are owed, attested, and given once', async () => {
    const person = { family: 'Owedson', given: 'Nora', birthDate: '2019-10-10' };
    await submit(person);
    const registryId = await known(LAKESIDE, 'treatment', person);
    const owed = async () => {
      const answer = await registry.request('GET', '/notices/owed', { as: LAKESIDE });
      return (answer.json() as { notices: { registryId: string; overdue: boolean }[] }).notices;
    };
    const listed = await eventually(owed, (notices) =>
      notices.some((notice) => notice.registryId === registryId),
    );
    expect(listed.find((notice) => notice.registryId === registryId)).toMatchObject({ overdue: false });

    const attest = (json: object, as = LAKESIDE) =>
      registry.request('POST', '/notices/attestations', { as, json });
    const form = { registryId, channel: 'handed-over', formVersion: '2026-1', givenOn: '2025-12-01' };
    for (let times = 0; times < 2; times += 1)
      expect((await attest(form)).json()).toEqual({ registryId, status: 'given' });
    await eventually(owed, (notices) => notices.every((notice) => notice.registryId !== registryId));
    expect(await stored('ParticipationNoticeGiven')).toHaveLength(1);

    expect((await attest({ ...form, registryId: NOBODY })).status).toBe(404);
    expect((await attest(form, 'demo-prairie-clinic')).status).toBe(404);
    expect((await attest({ ...form, channel: 'mail' })).status).toBe(400);
    expect((await attest({ ...form, givenOn: '2999-01-01' })).status).toBe(422);
    const overdue = await registry.request('GET', '/notices/overdue', { as: HELP_DESK });
    expect(overdue.json()).toEqual({ organizations: [] });
    const metrics = (await registry.request('GET', '/metrics', {})).body;
    expect(metrics).toMatch(
      /registry_consumer_behind\{group="reminders-owed-notices",service="registry"\} [01]/,
    );
    expect(metrics).toMatch(
      /registry_http_request_seconds_count\{.*route="\/notices\/attestations",status="404"\} 2/,
    );
    for (const what of ['participation_notices', 'match_reviews', 'privacy_requests', 'tasks'])
      expect(metrics).toContain(`# TYPE registry_overdue_${what} gauge`);
    expect(metrics).not.toMatch(/Owedson|Reminderson/);
  });

  it('leave nobody’s name, address or vaccine in events in clear, or in what is printed', async () => {
    const facts = await Facts.open(folder.path);
    const text = JSON.stringify(await facts.all());
    await facts.close();
    expect(text).not.toMatch(/Reminderson|parent@example|Elm St|dueOn/);
    expect(registry.printed).not.toMatch(/Reminderson|parent@example|Elm St/);
  });
});
