import { createHash } from 'node:crypto';
import { categoryOf } from '@registry/event-store';
import { kindOf } from './facts.js';
import { apply, type Change } from './help-desk.js';
import { eventually } from './registry-process.js';
import {
  ask,
  enrolClinic,
  personOf,
  submitAndRead,
  World,
  type Question,
  type Transcript,
} from './twin-worlds.js';
import { acknowledgedAs, vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(90_000);

const ADMINISTRATOR = 'demo-administrator';
const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const NOBODY = '0b8f4a52-73a4-4e0c-9f3f-1f2d5f0d7f11';

type Clinic = Awaited<ReturnType<typeof enrolClinic>>;

interface FeedEntry {
  readonly registryId: string;
  readonly version: number;
  readonly state: 'available' | 'withdrawn';
}

/** As a subscriber, or an administrator who subscribes it. */
const asking = (
  name: string,
  method: Question['method'],
  path: string,
  key: string,
  json?: unknown,
): Question => ({
  name,
  method,
  path,
  headers: {
    authorization: `Bearer ${key}`,
    'x-purpose-of-use': 'treatment',
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  },
  ...(json === undefined ? {} : { body: JSON.stringify(json) }),
});

const subscribing = ({ organizationId, clientId }: Clinic): Question[] => {
  const path = `/subscription/organizations/${organizationId}`;
  const started = (name: string) =>
    asking(name, 'PUT', path, ADMINISTRATOR, { purpose: 'treatment', clientId });
  return [started('subscribe'), started('subscribe again')];
};

/** Everything that a subscriber tries. */
const following = ({ key }: Clinic, ids: readonly string[]): Question[] => {
  const get = (name: string, path: string, as = key) => asking(name, 'GET', `/subscription/${path}`, as);
  const acknowledge = (name: string, registryId: string, version: number, as = key) =>
    asking(name, 'POST', '/subscription/withdrawals', as, { registryId, version });
  return [
    get('feed', 'records'),
    get('feed, again', 'records'),
    get('feed, after a place of nowhere', `records?after=${NOBODY}.1`),
    get('feed, malformed', 'records?after=x'),
    get('feed, another client', 'records', LAKESIDE),
    get('feed, wrong role', 'records', 'demo-auditor'),
    get('digest', 'reconciliation'),
    get('digest, another client', 'reconciliation', LAKESIDE),
    ...[...ids, NOBODY].flatMap((id, index) => [
      asking(`fetch ${index}`, 'GET', `/persons/${id}`, key),
      acknowledge(`acknowledge ${index}, an offer`, id, 1),
      acknowledge(`acknowledge ${index}, a withdrawal`, id, 2),
      acknowledge(`acknowledge ${index}, a withdrawal, again`, id, 2),
      acknowledge(`acknowledge ${index}, what is not yet`, id, 3),
      acknowledge(`acknowledge ${index}, malformed`, id, 0),
      acknowledge(`acknowledge ${index}, another client`, id, 2, LAKESIDE),
    ]),
    get('feed, after all', 'records'),
    get('digest, after all', 'reconciliation'),
  ];
};

const ending = ({ organizationId, key }: Clinic): Question[] => [
  asking('end', 'DELETE', `/subscription/organizations/${organizationId}`, ADMINISTRATOR),
  asking('end again', 'DELETE', `/subscription/organizations/${organizationId}`, ADMINISTRATOR),
  asking('fetch after the end', 'GET', `/persons/${NOBODY}`, key),
];

const feedOf = async (world: World, key: string): Promise<readonly FeedEntry[]> => {
  const { body } = await ask(world.registry.url, asking('feed', 'GET', '/subscription/records', key));
  return (JSON.parse(body) as { records: FeedEntry[] }).records;
};

const digestOf = (entries: readonly FeedEntry[]): string => {
  const hash = createHash('sha256');
  const available = entries.filter(({ state }) => state === 'available');
  for (const { registryId, version } of available.sort((a, b) => (a.registryId < b.registryId ? -1 : 1)))
    hash.update(`${registryId} ${version}\n`);
  return hash.digest('hex');
};

const submit = async (world: World, key: string, values: VxuValues): Promise<void> => {
  const { body } = await world.registry.request('POST', '/hl7', { as: key, hl7: vxu(values) });
  expect(acknowledgedAs(body, values.controlId)).toMatch(/A[AE]/);
};

const again = (values: VxuValues): VxuValues => ({
  ...values,
  controlId: `${values.controlId}-2`,
  orderNumber: `${values.orderNumber}-2`,
  administeredOn: '2016-07-02',
});

/** One who is perhaps the same: to be looked at by staff. */
const perhaps = (values: VxuValues): VxuValues => ({
  ...values,
  controlId: `${values.controlId}-P`,
  mrn: `${values.mrn}-P`,
  given: 'Bea',
  orderNumber: `${values.orderNumber}-P`,
});

/** The next one of a clinic's, whom nobody hides: when it is offered, all that was submitted before has been looked at. */
const inTheOpen = async (world: World, { key }: Clinic, facility: string): Promise<string> => {
  const before = new Set((await feedOf(world, key)).map(({ registryId }) => registryId));
  await submit(world, key, personOf(`Open${facility}`, '2008-08-08', facility));
  const entries = await eventually(
    () => feedOf(world, key),
    (all) => all.some(({ registryId }) => !before.has(registryId)),
  );
  return entries.find(({ registryId }) => !before.has(registryId))?.registryId ?? '';
};

/** What is random by design: ids, the feed's and the client's among them, and the digest over them. What the registry does by itself is left out. */
const normalized = (
  transcripts: readonly Transcript[],
  named: Readonly<Record<string, string>>,
): unknown[] => {
  let text = JSON.stringify(
    transcripts.map(({ left, ...rest }) => ({
      ...rest,
      left: left
        .filter((fact) => !/^subscription:ReconciliationTaken|^subscribed:Record/.test(fact))
        // A revision of the log is in it, which has as many digits as it has.
        .map((fact) => fact.replace(/^(subscribed:\w+)\(.*/, '$1')),
    })),
  );
  for (const [name, value] of Object.entries(named)) text = text.replaceAll(value, name);
  return JSON.parse(text.replace(/(\\"next\\":\\")[0-9a-f-]{36}\./g, '$1FEED.')) as unknown[];
};

describe('A subscriber and a person that is hidden, or never existed', () => {
  let hiding: World;
  let empty: World;

  beforeAll(async () => {
    [hiding, empty] = await Promise.all([World.make(), World.make()]);
  });
  afterAll(async () => {
    await Promise.all([hiding.destroy(), empty.destroy()]);
  });

  const optOut: Change = { change: 'opt-out' };
  const lockToPrairie: Change = { change: 'lock', holder: PRAIRIE_ID };

  const isReconciled = (world: World, { organizationId }: Clinic) =>
    eventually(
      () => world.facts.stream(`subscription-${organizationId}`),
      (events) => events.some(({ type }) => type === 'ReconciliationTaken'),
      20_000,
    );

  const subscribe = async (world: World, clinic: Clinic): Promise<Transcript[]> => {
    const transcripts = await world.transcribe(subscribing(clinic));
    await isReconciled(world, clinic);
    return transcripts;
  };

  const heldReviews = async (): Promise<number> => {
    const { body } = await hiding.registry.request('GET', '/reviews', { as: 'demo-help-desk' });
    return body.split('"held"').length - 1;
  };
  const oneMoreIsHeld = async (happen: () => Promise<unknown>): Promise<void> => {
    const before = await heldReviews();
    await happen();
    await eventually(heldReviews, (now) => now > before);
  };

  /** A clinic's own id of the one whom it serves; empty where it serves nobody. */
  const idServed = async (world: World, { organizationId }: Clinic): Promise<string> => {
    const ids = (await world.facts.all())
      .filter(({ stream }) => stream.startsWith(`relationship-${organizationId}-`))
      .map(({ data }) => (data['state'] as { registryId: string }).registryId);
    return ids.at(-1) ?? '';
  };

  it('differ in nothing for an organization that has submitted nothing', async () => {
    const [locked, gone, half] = [
      personOf('Elsewhere', '2011-01-11', 'PRAIRIE'),
      personOf('Elseout', '2012-02-12', 'PRAIRIE'),
      personOf('Elseheld', '2013-03-13', 'PRAIRIE'),
    ] as const;
    const ids: string[] = [];
    for (const values of [locked, gone, half]) ids.push(await submitAndRead(hiding, PRAIRIE, values));
    await apply(hiding.registry, lockToPrairie, locked);
    await apply(hiding.registry, optOut, gone);
    await apply(hiding.registry, optOut, half);
    await submit(hiding, PRAIRIE, again(gone));
    await oneMoreIsHeld(() => submit(hiding, PRAIRIE, perhaps(half)));

    const transcripts = [];
    for (const world of [hiding, empty]) {
      await world.registry.settled();
      const clinic = await enrolClinic(world);
      const { organizationId: ORGANIZATION, clientId: CLIENT } = clinic;
      const told = [
        ...(await subscribe(world, clinic)),
        ...(await world.transcribe([...following(clinic, ids), ...ending(clinic)])),
        ...(await world.transcribe(following(clinic, ids))),
      ];
      transcripts.push(normalized(told, { ORGANIZATION, CLIENT }));
    }
    expect(transcripts[0]).toEqual(transcripts[1]);
    // Not vacuous: it is answered as one to whom nothing was ever told, and what it asked for is journaled.
    expect(transcripts[0]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          question: 'subscribe',
          status: 200,
          left: [expect.stringMatching(/^subscription:SubscriptionStarted/)],
        }),
        expect.objectContaining({ question: 'feed', status: 200, body: '{"records":[]}' }),
        expect.objectContaining({ question: 'digest', status: 200 }),
        expect.objectContaining({
          question: 'fetch 0',
          status: 404,
          left: [expect.stringMatching(/^inquiries:InquiryMade/)],
        }),
        expect.objectContaining({ question: 'acknowledge 0, a withdrawal', status: 404, left: [] }),
      ]),
    );
  });

  it('differ in nothing for the one that submitted it, where it was hidden before', async () => {
    /** By facility: what the subscriber submits, about somebody who is hidden then. */
    const hidden: Readonly<Record<string, (values: VxuValues, clinic: Clinic) => Promise<void>>> = {
      LOCKEDTO: async (values, { key }) => {
        const certain = { ...values, street: '1 Elm St' };
        await submitAndRead(hiding, PRAIRIE, { ...certain, facility: 'PRAIRIE', mrn: 'L1' });
        await apply(hiding.registry, lockToPrairie, values);
        await submit(hiding, key, again(certain));
      },
      OPTEDOUT: async (values, { key }) => {
        const certain = { ...values, street: '1 Elm St' };
        await submitAndRead(hiding, PRAIRIE, { ...certain, facility: 'PRAIRIE', mrn: 'O1' });
        await apply(hiding.registry, optOut, values);
        await submit(hiding, key, again(certain));
      },
      HELDBACK: async (values, { key }) => {
        await submitAndRead(hiding, PRAIRIE, { ...values, facility: 'PRAIRIE', mrn: 'H1' });
        await apply(hiding.registry, optOut, values);
        await oneMoreIsHeld(() => submit(hiding, key, perhaps(values)));
      },
    };
    const transcribe = async (
      world: World,
      facility: string,
      happen: (clinic: Clinic) => Promise<void>,
    ): Promise<unknown[]> => {
      const clinic = await enrolClinic(world);
      const told = await subscribe(world, clinic);
      await happen(clinic);
      await world.registry.settled();
      const served = await idServed(world, clinic);
      const open = await inTheOpen(world, clinic, facility);
      await world.registry.settled();
      const digest = digestOf(await feedOf(world, clinic.key));
      told.push(...(await world.transcribe(following(clinic, [served === '' ? NOBODY : served]))));
      const { organizationId: ORGANIZATION, clientId: CLIENT } = clinic;
      return normalized(told, {
        ORGANIZATION,
        CLIENT,
        OPEN: open,
        DIGEST: digest,
        ...(served === '' ? {} : { [NOBODY]: served }),
      });
    };
    const transcripts: unknown[][] = [];
    let day = 10;
    for (const [facility, hide] of Object.entries(hidden)) {
      day += 1;
      const values = personOf(`Before${facility.toLowerCase()}`, `2014-04-${day}`, facility);
      transcripts.push(await transcribe(hiding, facility, (clinic) => hide(values, clinic)));
    }
    const nothing = await transcribe(empty, 'NOTHING1', () => Promise.resolve());
    expect(nothing).toContainEqual(
      expect.objectContaining({
        question: 'feed',
        body: '{"records":[{"registryId":"OPEN","version":1,"state":"available"}],"next":"FEED.1"}',
      }),
    );
    for (const transcript of transcripts) expect(transcript).toEqual(nothing);

    // Not vacuous: two of them serve somebody, and one of these submissions was destroyed.
    const kinds = await hiding.kinds();
    expect(kinds.get('submission:SubmissionSuppressed') ?? 0).toBeGreaterThan(1);
  });

  it('is withdrawn alike whatever hides it, and what is submitted about it then changes nothing', async () => {
    const causes: Readonly<
      Record<string, (values: VxuValues, clinic: Clinic) => Promise<{ values: VxuValues; id: string }>>
    > = {
      LOCKED: async (values, clinic) => {
        const id = await offered(values, clinic);
        await apply(hiding.registry, lockToPrairie, values);
        return { values, id };
      },
      OUTNOW: async (values, clinic) => {
        const id = await offered(values, clinic);
        await apply(hiding.registry, optOut, values);
        return { values, id };
      },
      HOLDUP: async (known, clinic) => {
        await submitAndRead(hiding, PRAIRIE, { ...known, facility: 'PRAIRIE', mrn: 'W1' });
        const values = perhaps(known);
        const id = await offered(values, clinic);
        await oneMoreIsHeld(() => apply(hiding.registry, optOut, known));
        return { values, id };
      },
    };
    const offered = async (values: VxuValues, { key }: Clinic): Promise<string> => {
      await submit(hiding, key, values);
      const [entry] = await eventually(
        () => feedOf(hiding, key),
        (all) => all.length === 1,
      );
      return entry?.registryId ?? '';
    };
    const transcripts: unknown[][] = [];
    let day = 10;
    for (const [facility, hide] of Object.entries(causes)) {
      day += 1;
      const clinic = await enrolClinic(hiding);
      const told = await subscribe(hiding, clinic);
      const { values, id } = await hide(
        personOf(`After${facility.toLowerCase()}`, `2015-05-${day}`, facility),
        clinic,
      );
      await eventually(
        () => feedOf(hiding, clinic.key),
        ([entry]) => entry?.state === 'withdrawn',
      );
      await submit(hiding, clinic.key, again(values));
      const open = await inTheOpen(hiding, clinic, facility);
      await hiding.registry.settled();
      const digest = digestOf(await feedOf(hiding, clinic.key));
      told.push(...(await hiding.transcribe(following(clinic, [id]))));
      const { organizationId: ORGANIZATION, clientId: CLIENT } = clinic;
      transcripts.push(normalized(told, { ORGANIZATION, CLIENT, HIDDEN: id, OPEN: open, DIGEST: digest }));
    }
    expect(transcripts[0]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          question: 'feed',
          body: '{"records":[{"registryId":"HIDDEN","version":2,"state":"withdrawn"},{"registryId":"OPEN","version":1,"state":"available"}],"next":"FEED.3"}',
        }),
        expect.objectContaining({ question: 'digest', body: expect.stringContaining('"DIGEST"') as string }),
        expect.objectContaining({
          question: 'acknowledge 0, a withdrawal',
          status: 200,
          left: ['subscribed:RetractionAcknowledged'],
        }),
        expect.objectContaining({ question: 'fetch 0', status: 404 }),
      ]),
    );
    for (const transcript of transcripts) expect(transcript).toEqual(transcripts[0]);
  });

  it('is named nowhere in what is stored about subscribers', async () => {
    const about = (await hiding.facts.all()).filter(({ stream }) =>
      ['subscription', 'subscribed'].includes(categoryOf(stream)),
    );
    expect(new Set(about.map(kindOf)).size).toBeGreaterThan(4);
    expect(JSON.stringify(about)).not.toMatch(/Else|Before|After|Open|Beatrice|LOT-/);
  });
});
