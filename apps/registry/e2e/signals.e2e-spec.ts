import { Facts } from './facts.js';
import { apply } from './help-desk.js';
import { decided, eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { acknowledgedAs, vxu } from './vxu-messages.js';

jest.setTimeout(90_000);

const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';
const PRAIRIE = 'demo-prairie-clinic';
const HELP_DESK = 'demo-help-desk';
const ADMINISTRATOR = 'demo-administrator';

interface Pd1 {
  readonly publicity?: string;
  readonly protection?: string;
  /** `YYYYMMDD` */
  readonly protectionSince?: string;
  readonly status?: string;
}

/** Whom nothing is tested on. */
const MARKED = { family: 'Markson', given: 'Mark', birthDate: '2016-12-12' };

interface Person {
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

describe('Electronic signals', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;
  let messages = 0;
  let marks = 0;
  let marker: string;
  let markerId: string;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    ({ key: marker, clientId: markerId } = await client('off'));
  });
  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  /** A client of Lakeside Clinic whose PD1-12 means what the polarity says; resolves with its id and key. */
  const client = async (protectionIndicator: string): Promise<{ clientId: string; key: string }> => {
    const answer = await registry.request('POST', `/directory/organizations/${LAKESIDE_ID}/clients`, {
      as: ADMINISTRATOR,
      json: { name: 'EHR', roles: ['submitter', 'reader'], protectionIndicator },
    });
    expect(answer.status).toBe(201);
    return answer.json() as { clientId: string; key: string };
  };

  /** Resolves when what it says has had its effect: what another client of its own says after it has been heard. */
  const submit = async (as: string, person: Person, pd1: Pd1 = {}): Promise<void> => {
    await send(as, person, pd1);
    marks += 1;
    await send(marker, MARKED, { publicity: marks % 2 === 1 ? '01' : '02' });
    await eventually(
      async () => (await stored('SignalNoted')).filter(({ clientId }) => clientId === markerId).length,
      (heard) => heard === marks,
    );
    // What was heard has its effect by way of other consumers.
    await registry.settled();
  };

  const send = async (as: string, person: Person, pd1: Pd1): Promise<void> => {
    messages += 1;
    const controlId = `SIG${messages}`;
    const message = vxu({
      controlId,
      facility: as === PRAIRIE ? 'PRAIRIE' : 'LAKESIDE',
      mrn: `${as === PRAIRIE ? 'P' : 'L'}-${person.family}`,
      ...person,
      orderNumber: controlId,
      administeredOn: '2025-06-01',
      lot: `LOT${messages}`,
      mothersMaidenName: `${person.family}mother`,
      street: '1 Elm St',
    });
    const { publicity = '', protection = '', protectionSince = '', status = '' } = pd1;
    const segment = `PD1${'|'.repeat(11)}${publicity}|${protection}|${protectionSince}|||${status}`;
    const hl7 = message.replace('\rORC|', `\r${segment}\rORC|`);
    const ack = await registry.request('POST', '/hl7', { as, hl7 });
    expect(acknowledgedAs(ack.body, controlId)).toMatch(/^A[AE]$/);
  };

  const comesToSee = (as: string, person: Person) =>
    eventually(
      () => sees(as, person),
      (seen) => seen,
    );

  const stopsSeeing = (as: string, person: Person) =>
    eventually(
      () => sees(as, person),
      (seen) => !seen,
    );

  const sees = async (as: string, name: Person): Promise<boolean> => {
    const answer = await decided(() =>
      registry.request('POST', '/persons/search', { as, purpose: 'treatment', json: { name } }),
    );
    expect(answer.status).toBe(200);
    return (answer.json() as { persons: unknown[] }).persons.length === 1;
  };

  /** Data of all stored events of a type. */
  const stored = async (type: string): Promise<Record<string, unknown>[]> => {
    const facts = await Facts.open(folder.path);
    try {
      return (await facts.all()).filter((event) => event.type === type).map(({ data }) => data);
    } finally {
      await facts.close();
    }
  };

  const noticeCodes = async () => (await stored('PersonNoticeOwed')).map(({ code }) => code);

  it.each([
    ['cdc', 'Y', 'N', 'Cdcson'],
    ['legacy', 'N', 'Y', 'Legacyson'],
  ])(
    'of polarity %s: %s locks to the sender, %s only has somebody ask',
    async (polarity, yes, no, family) => {
      const person = { family, given: 'Nora', birthDate: '2018-04-05' };
      const { key } = await client(polarity);
      await submit(key, person, { protection: no });
      await submit(PRAIRIE, person);
      await eventually(
        () => sees(PRAIRIE, person),
        (seen) => seen,
      );

      await submit(key, person, { protection: yes });
      await stopsSeeing(PRAIRIE, person);
      await comesToSee(key, person);
      await eventually(noticeCodes, (codes) => codes.includes('tightened-by-signal'));

      // Its holder says that nobody asked for protection any more: it stays locked until somebody has asked the person.
      await submit(key, person, { protection: no });
      await eventually(
        () => stored('TaskOpened'),
        (tasks) => tasks.some(({ kind }) => kind === 'unlock-asked-by-signal'),
      );
      expect(await sees(PRAIRIE, person)).toBe(false);

      // The person unlocks. What the sender dates before that is outranked, what it says anew is not.
      await apply(registry, { change: 'unlock' }, person);
      await submit(key, person, { protection: yes, protectionSince: '20200101' });
      await comesToSee(PRAIRIE, person);
      await submit(key, person, { protection: yes });
      await comesToSee(PRAIRIE, person);
      await submit(key, person, { protection: no });
      await submit(key, person, { protection: yes });
      await stopsSeeing(PRAIRIE, person);
    },
  );

  it('of a client without polarity have no effect', async () => {
    const person = { family: 'Offson', given: 'Nora', birthDate: '2018-04-06' };
    const { key } = await client('off');
    await submit(PRAIRIE, person);
    await submit(key, person, { protection: 'N' });
    await submit(key, person, { protection: 'Y' });
    await comesToSee(key, person);
    await comesToSee(PRAIRIE, person);
  });

  it('by PD1-11 stop messages, and by PD1-16 end the sender’s relationship until it says otherwise', async () => {
    const person = { family: 'Publicson', given: 'Nora', birthDate: '2018-04-07' };
    const { key } = await client('off');
    await submit(key, person, { publicity: '05' });
    const stops = async () =>
      (await stored('MessagesStopped')).map(({ setting }) => (setting as { stopped: string[] }).stopped);
    await eventually(stops, (seen) => seen.some((each) => each.join() === 'call,recall'));
    const before = await stops();
    await eventually(noticeCodes, (codes) => codes.includes('messages-stopped-by-signal'));
    await comesToSee(key, person);

    await submit(key, person, { publicity: '05', status: 'M' });
    // The directory hears of it by way of a topic.
    await stopsSeeing(key, person);
    await submit(key, person, { publicity: '02', status: 'A' });
    await comesToSee(key, person);
    // 02 starts nothing again.
    expect(await stops()).toEqual(before);
  });

  it('stop for the day when a sender asks for protection of too many', async () => {
    const { clientId, key } = await client('cdc');
    const persons = ['Ada', 'Berta', 'Clara', 'Dora', 'Edna', 'Frida'].map((given, index) => ({
      family: `Brake${'abcdef'.charAt(index)}son`,
      given,
      birthDate: `2017-0${index + 1}-1${index}`,
    }));
    for (const person of persons) {
      await submit(PRAIRIE, person);
      await submit(key, person, { protection: 'Y' });
    }
    // The fifth is the one with which the rate passes.
    for (const person of persons.slice(4)) await comesToSee(PRAIRIE, person);
    for (const person of persons.slice(0, 4)) expect(await sees(PRAIRIE, person)).toBe(false);

    const list = await registry.request('GET', '/privacy/signals/stopped', { as: HELP_DESK });
    const { days } = list.json() as { days: { clientId: string; day: string }[] };
    expect(days).toEqual([{ clientId, day: expect.any(String) as unknown }]);
    const path = `/privacy/signals/stopped/${clientId}/${days[0]?.day ?? ''}`;
    const report = await registry.request('GET', path, { as: HELP_DESK });
    const { asked, signals } = report.json() as { asked: number; signals: { stopped: boolean }[] };
    expect(asked).toBe(6);
    expect(signals.map(({ stopped }) => stopped)).toEqual([false, false, false, false, true, true]);
    expect(await stored('TaskOpened')).toContainEqual(
      expect.objectContaining({ kind: 'signals-stopped', about: clientId }),
    );
    expect((await registry.request('GET', path, { as: PRAIRIE })).status).toBe(403);
    expect(
      (await registry.request('GET', '/privacy/signals/stopped?before=x', { as: HELP_DESK })).status,
    ).toBe(400);

    // It knows that after a restart too.
    await registry.stop();
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    const late = { family: 'Brakegson', given: 'Gerda', birthDate: '2017-08-20' };
    await submit(PRAIRIE, late);
    await submit(key, late, { protection: 'Y' });
    await comesToSee(PRAIRIE, late);
  });

  it('leave nothing of the person in what is printed', () => {
    expect(registry.printed).not.toMatch(/son\b|Nora|Gerda/);
  });
});
