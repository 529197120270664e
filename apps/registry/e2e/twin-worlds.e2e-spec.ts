import { randomUUID } from 'node:crypto';
import { apply } from './help-desk.js';
import { decided, eventually } from './registry-process.js';
import {
  ask,
  enrolClinic,
  personOf,
  search,
  submitAndRead,
  World,
  type Question,
  type Transcript,
} from './twin-worlds.js';
import { vxu, withoutOwnIds, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const ADMINISTRATOR = 'demo-administrator';
const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';
const BOARD = 'demo-health-board';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';

/** Everything that the asker tries, whatever the world. */
const questionsOf = (
  key: string,
  { facility, mrn, family, given, birthDate }: VxuValues,
  ids: string[],
): Question[] => {
  const asker = { authorization: `Bearer ${key}`, 'x-purpose-of-use': 'treatment' };
  const read = (name: string, id: string, headers: Readonly<Record<string, string>> = asker): Question => ({
    name,
    method: 'GET',
    path: `/persons/${id}`,
    headers,
  });
  const search = (
    name: string,
    terms: unknown,
    headers: Readonly<Record<string, string>> = asker,
  ): Question => ({
    name,
    method: 'POST',
    path: '/persons/search',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof terms === 'string' ? terms : JSON.stringify(terms),
  });
  const attest = (
    name: string,
    terms: unknown,
    headers: Readonly<Record<string, string>> = asker,
  ): Question => ({ ...search(name, terms, headers), path: '/persons/attest' });
  const byIdentifier = { identifier: { authority: facility, value: mrn } };
  const byName = { name: { family, given, birthDate } };
  const key_ = { authorization: `Bearer ${key}` };
  const known = ids.flatMap((id, index) => [
    read(`known id ${index}`, id),
    read(`known id ${index}, again`, id),
    read(`known id ${index}, upper case`, id.toUpperCase()),
    read(`known id ${index}, without purpose`, id, key_),
    read(`known id ${index}, purpose not its own`, id, { ...asker, 'x-purpose-of-use': 'school' }),
    read(`known id ${index}, unknown purpose`, id, { ...asker, 'x-purpose-of-use': 'curiosity' }),
    read(`known id ${index}, without key`, id, { 'x-purpose-of-use': 'treatment' }),
    read(`known id ${index}, unknown key`, id, { ...asker, authorization: 'Bearer nobody' }),
    read(`known id ${index}, other scheme`, id, { ...asker, authorization: `Basic ${key}` }),
    read(`known id ${index}, wrong role`, id, { ...asker, authorization: 'Bearer demo-help-desk' }),
    read(`known id ${index}, a school`, id, {
      authorization: 'Bearer demo-school',
      'x-purpose-of-use': 'school',
    }),
    read(`known id ${index}, conditional`, id, { ...asker, 'if-none-match': '*', 'accept-encoding': 'gzip' }),
    { ...read(`known id ${index}, head only`, id), method: 'HEAD' as const },
    read(`known id ${index}, with query`, `${id}?_history=1`),
    read(`known id ${index}, with slash`, `${id}/`),
  ]);
  return [
    ...known,
    read('random id', '0b8f4a52-73a4-4e0c-9f3f-1f2d5f0d7f11'),
    read('garbage', 'x'),
    read('garbage with escapes', '%00%27%20OR%201%3D1'),
    read('very long', 'a'.repeat(95)),
    read('too long', 'a'.repeat(5_000)),
    search('identifier', byIdentifier),
    search('identifier, again', byIdentifier),
    search('identifier, other case', {
      identifier: { authority: facility.toLowerCase(), value: mrn.toLowerCase() },
    }),
    search('identifier of another authority', { identifier: { authority: 'ELSEWHERE', value: mrn } }),
    search('name', byName),
    search('name, other case', {
      name: { family: family.toUpperCase(), given: given.toLowerCase(), birthDate },
    }),
    search('name, other birth date', { name: { family, given, birthDate: '1999-09-09' } }),
    search('both', { ...byIdentifier, ...byName }),
    search('nothing', {}),
    search('extra field', { ...byIdentifier, limit: 10 }),
    search('extra field within', { name: { ...byName.name, sex: 'F' } }),
    search('list', [byIdentifier]),
    search('malformed', `{"identifier":{"authority":"${facility}"`),
    search('no date', { name: { family, given, birthDate: '2015-02-30' } }),
    search('missing purpose', byIdentifier, key_),
    search('wrong purpose', byIdentifier, { ...asker, 'x-purpose-of-use': 'coverage' }),
    search('unknown purpose', byIdentifier, { ...asker, 'x-purpose-of-use': '' }),
    search('without key', byIdentifier, { 'x-purpose-of-use': 'treatment' }),
    search('unknown key', byIdentifier, { ...asker, authorization: 'Bearer nobody' }),
    search('wrong role', byIdentifier, { ...asker, authorization: 'Bearer demo-auditor' }),
    search('a school', byIdentifier, { authorization: 'Bearer demo-school', 'x-purpose-of-use': 'school' }),
    search('wrong media type', 'identifier', { ...asker, 'content-type': 'text/plain' }),
    attest('attested', { ...byName, knows: byIdentifier }),
    attest('attested, again', { ...byName, knows: byIdentifier }),
    attest('attested by something else', { ...byName, knows: { phone: '218-555-0100' } }),
    attest(
      'attested for nothing that may be',
      { ...byName, knows: byIdentifier },
      {
        ...asker,
        'x-purpose-of-use': 'reminder',
      },
    ),
    attest(
      'attested by a school',
      { ...byName, knows: byIdentifier },
      {
        authorization: 'Bearer demo-school',
        'x-purpose-of-use': 'school',
      },
    ),
    attest('attested, malformed', { ...byName }),
  ];
};

const notice = (name: string, key: string, registryId: string): Question => ({
  name,
  method: 'POST',
  path: '/notices/attestations',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: JSON.stringify({ registryId, channel: 'handed-over', formVersion: '1', givenOn: '2026-01-02' }),
});

/** What an agency that reminds and a clinic ask with ids of their own, of others and of nobody. */
const remindersAndNoticesOf = (clinic: string, ids: readonly string[]): Question[] => {
  const list = (name: string, key: string, entries: readonly unknown[]): Question => ({
    name,
    method: 'POST',
    path: '/reminders/campaigns',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ entries }),
  });
  const entry = (registryId: string) => ({
    registryId,
    vaccine: '03',
    dueOn: '2026-03-01',
    kind: 'reminder',
    channel: 'letter',
  });
  return [
    ...ids.flatMap((id, index) => [
      list(`a list with id ${index}`, BOARD, [entry(id)]),
      list(`a list with id ${index}, again`, BOARD, [entry(id)]),
      list(`a list with id ${index}, of a clinic`, clinic, [entry(id)]),
      list(`a list with id ${index}, malformed`, BOARD, [{ ...entry(id), dueOn: '2026-02-30' }]),
      notice(`notice to id ${index}`, clinic, id),
      notice(`notice to id ${index}, of an agency`, BOARD, id),
    ]),
    list('a list with all', BOARD, ids.map(entry)),
    { name: 'owed', method: 'GET', path: '/notices/owed', headers: { authorization: `Bearer ${clinic}` } },
    {
      name: 'overdue',
      method: 'GET',
      path: '/notices/overdue',
      headers: { authorization: `Bearer ${clinic}` },
    },
  ];
};

/** Each list has an id of its own, random; whether somebody was reminded is decided later and told to nobody. */
const withoutCampaignId = ({ body, left, ...rest }: Transcript) => ({
  ...rest,
  body: body.replace(/"campaignId":"[^"]+"/, ''),
  left: left.filter((fact) => !fact.startsWith('reminder:')),
});

describe('A hidden person and one who never existed', () => {
  let hiding: World;
  let empty: World;

  beforeAll(async () => {
    [hiding, empty] = await Promise.all([World.make(), World.make()]);
  });

  afterAll(async () => {
    await Promise.all([hiding.destroy(), empty.destroy()]);
  });

  /** The same questions in both worlds leave the same transcripts; in the end the same message gets the same ACK. */
  const expectNoDifference = async (
    keys: { readonly hiding: string; readonly empty: string },
    values: VxuValues,
    ids: string[],
    without: (question: Question) => boolean = () => false,
  ): Promise<void> => {
    const asked = (key: string) => questionsOf(key, values, ids).filter((question) => !without(question));
    const transcripts = await hiding.transcribe(asked(keys.hiding));
    expect(transcripts).toEqual(await empty.transcribe(asked(keys.empty)));

    // Not vacuous: the questions that are well formed were answered as for nobody, and journaled.
    const of = (name: string) => transcripts.find(({ question }) => question === name);
    expect(of('identifier')).toMatchObject({ status: 200, body: '{"persons":[]}' });
    expect(of('name')).toMatchObject({ status: 200, body: '{"persons":[]}' });
    expect(of('identifier')?.left).toEqual([expect.stringMatching(/^inquiries:InquiryMade/)]);
    expect(of('known id 0')).toMatchObject({
      status: 404,
      left: [expect.stringMatching(/^inquiries:InquiryMade/)],
    });
    expect(transcripts.flatMap(({ left }) => left)).not.toContainEqual(expect.stringMatching(/^privacy:/));
    // Refused and about nobody look alike within one world too.
    const { question: _one, ...refused } = of('known id 0') ?? { question: '' };
    const { question: _two, ...absent } = of('random id') ?? { question: '' };
    expect(refused).toEqual(absent);

    const acks = [];
    for (const [world, key] of [
      [hiding, keys.hiding],
      [empty, keys.empty],
    ] as const) {
      const posted: Question = {
        name: 'the same message',
        method: 'POST',
        path: '/hl7',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/hl7-v2' },
        body: vxu(values),
      };
      const again = { ...posted, body: vxu({ ...values, controlId: `${values.controlId}-AGAIN` }) };
      const answers = [await ask(world.registry.url, posted), await ask(world.registry.url, posted)];
      answers.push(await ask(world.registry.url, again));
      acks.push(answers.map(({ body, ...rest }) => ({ ...rest, body: withoutOwnIds(body) })));
    }
    expect(acks[0]).toEqual(acks[1]);
  };

  const lakeside = { hiding: LAKESIDE, empty: LAKESIDE };

  it('differ in nothing for a clinic that never submitted about the person', async () => {
    const values = personOf('Elsewhere', '2011-01-11', 'PRAIRIE');
    const id = await submitAndRead(hiding, PRAIRIE, values);
    // The record is open: a provider that attests that it serves the person finds it.
    const finds = ({ path, headers }: Question) =>
      path === '/persons/attest' && headers['authorization'] === `Bearer ${LAKESIDE}`;
    await expectNoDifference(lakeside, values, [id, randomUUID()], finds);
  });

  it('differ in nothing for the clinic that submitted, once locked to another', async () => {
    const values = personOf('Locked', '2012-02-12', 'LAKESIDE');
    const id = await submitAndRead(hiding, LAKESIDE, values);
    await apply(hiding.registry, { change: 'lock', holder: PRAIRIE_ID }, values);
    await expectNoDifference(lakeside, values, [id]);
  });

  it('differ in nothing for the clinic that submitted, once opted out', async () => {
    const values = personOf('Optedout', '2013-03-13', 'LAKESIDE');
    const id = await submitAndRead(hiding, LAKESIDE, values);
    await apply(hiding.registry, { change: 'opt-out' }, values);
    await expectNoDifference(lakeside, values, [id]);
  });

  it('differ in nothing for the clinic that submitted, while it is held as perhaps somebody who opted out', async () => {
    const known = personOf('Held', '2013-05-15', 'LAKESIDE');
    await submitAndRead(hiding, LAKESIDE, known);
    await apply(hiding.registry, { change: 'opt-out' }, known);
    const held = {
      ...known,
      controlId: 'TWIN-Held-2',
      facility: 'PRAIRIE',
      mrn: 'MRN-Held-2',
      given: 'Bea',
      orderNumber: 'ORD-Held-2',
    };
    await hiding.registry.request('POST', '/hl7', { as: PRAIRIE, hl7: vxu(held) });
    await eventually(
      () => hiding.registry.request('GET', '/reviews', { as: 'demo-help-desk' }),
      (answer) => answer.body.includes('"held"'),
    );
    await expectNoDifference({ hiding: PRAIRIE, empty: PRAIRIE }, held, [randomUUID()]);
  });

  it('differ in nothing for a clinic whose person was merged into one that is locked to another', async () => {
    const known = personOf('Merged', '2013-06-16', 'LAKESIDE');
    await submitAndRead(hiding, LAKESIDE, known);
    const other = {
      ...known,
      controlId: 'TWIN-Merged-2',
      facility: 'PRAIRIE',
      mrn: 'MRN-Merged-2',
      given: 'Bea',
      orderNumber: 'ORD-Merged-2',
    };
    const id = await submitAndRead(hiding, PRAIRIE, other);
    // Listed by another consumer than the one that makes the record readable.
    const review = await eventually(
      async () => {
        const answer = await hiding.registry.request('GET', '/reviews', { as: 'demo-help-desk' });
        const { reviews } = answer.json() as { reviews: { reviewId: string; kind: string }[] };
        return reviews.find(({ kind }) => kind === 'provisional');
      },
      (listed) => listed !== undefined,
    );
    const decided = await hiding.registry.request('POST', `/reviews/${review?.reviewId ?? ''}/decide`, {
      as: 'demo-help-desk',
      json: { decision: 'same', candidate: 0 },
    });
    expect(decided.json()).toMatchObject({ status: 'merged' });
    await apply(hiding.registry, { change: 'lock', holder: LAKESIDE_ID }, known);
    await eventually(
      () => search(hiding, PRAIRIE, other),
      (found) => found.length === 0,
    );
    await expectNoDifference({ hiding: PRAIRIE, empty: PRAIRIE }, other, [id]);
  });

  it('differ in nothing for a clinic whose agreement ended', async () => {
    const values = personOf('Lapsed', '2014-04-14', 'HILLSIDE');
    const clinics = { hiding: await enrolClinic(hiding), empty: await enrolClinic(empty) };
    const id = await submitAndRead(hiding, clinics.hiding.key, values);
    for (const [world, { organizationId }] of [
      [hiding, clinics.hiding],
      [empty, clinics.empty],
    ] as const) {
      const path = `/directory/organizations/${organizationId}/agreement/end`;
      const ended = await world.registry.request('POST', path, { as: ADMINISTRATOR });
      expect(ended.status).toBe(200);
    }
    await expectNoDifference({ hiding: clinics.hiding.key, empty: clinics.empty.key }, values, [id]);
  });

  it('differ in nothing for an agency that reminds, and for a clinic that is asked for notices', async () => {
    const values = { ...personOf('Reminded', '2016-06-16', 'PRAIRIE'), street: '1 Elm St' };
    const inTheCounty = vxu(values).replace('^Duluth^MN^55802^USA^H', '^Two Harbors^MN^55616^USA^H^^27075');
    await hiding.registry.request('POST', '/hl7', { as: PRAIRIE, hl7: inTheCounty });
    const { family, given, birthDate } = values;
    const found = await eventually(
      async () => {
        const answer = await decided(() =>
          hiding.registry.request('POST', '/persons/search', {
            as: BOARD,
            purpose: 'reminder',
            json: { name: { family, given, birthDate } },
          }),
        );
        return (answer.json() as { persons: { id: string }[] }).persons;
      },
      (persons) => persons.length === 1,
    );
    const id = found[0]?.id ?? '';
    await apply(hiding.registry, { change: 'lock', holder: PRAIRIE_ID }, values);
    const clinics = { hiding: await enrolClinic(hiding), empty: await enrolClinic(empty) };

    const asked = (clinic: string) => remindersAndNoticesOf(clinic, [id, randomUUID()]);
    const transcripts = (await hiding.transcribe(asked(clinics.hiding.key))).map(withoutCampaignId);
    expect(transcripts).toEqual((await empty.transcribe(asked(clinics.empty.key))).map(withoutCampaignId));
    const of = (name: string) => transcripts.find(({ question }) => question === name);
    expect(of('a list with id 0')).toMatchObject({
      status: 202,
      left: [expect.stringMatching(/^campaign:CampaignAccepted/)],
    });
    expect(of('notice to id 0')).toMatchObject({ status: 404, left: [] });
    expect(of('owed')).toMatchObject({ status: 200, body: '{"notices":[]}' });
  });

  it('is told nothing by notices, whether a person of its own is hidden or not', async () => {
    const locked = personOf('Lockedup', '2017-07-02', 'LAKESIDE');
    const gone = personOf('Gone', '2017-07-03', 'LAKESIDE');
    const people = [personOf('Openly', '2017-07-01', 'LAKESIDE'), locked, gone];
    const ids: string[] = [];
    for (const values of people) ids.push(await submitAndRead(hiding, LAKESIDE, values));
    await apply(hiding.registry, { change: 'lock', holder: PRAIRIE_ID }, locked);
    await apply(hiding.registry, { change: 'opt-out' }, gone);
    const questions = ids.map((id) => [
      notice(`own ${id}`, LAKESIDE, id),
      notice(`again ${id}`, LAKESIDE, id),
    ]);
    const owed = await hiding.registry.request('GET', '/notices/owed', { as: LAKESIDE });
    for (const id of ids) expect(owed.body).toContain(id);
    const of = async (index: number) =>
      (await hiding.transcribe(questions[index] ?? [])).map(
        (transcript) => JSON.parse(JSON.stringify(transcript).replaceAll(ids[index] ?? '', 'ID')) as unknown,
      );
    const open = await of(0);
    expect(open).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await of(1)).toEqual(open);
    expect(await of(2)).toEqual(open);
  });

  it('differ in nothing by what help desk and submitter are told', async () => {
    const person = { family: 'Optedout', given: 'Beatrice', birthDate: '2013-03-13' };
    const submit = async (world: World, as: string) => {
      const answer = await world.registry.request('POST', '/privacy/requests', {
        as,
        json: { change: 'opt-out', capacity: 'self', person },
      });
      const { requestId } = answer.json() as { requestId: string };
      return { status: answer.status, body: answer.body.replace(requestId, 'ID') };
    };
    expect(await submit(hiding, 'demo-help-desk')).toEqual(await submit(empty, 'demo-help-desk'));
  });

  it('left as many inquiries, and no disclosure beyond what was asked before it was hidden', async () => {
    await Promise.all([hiding.registry.stop(), empty.registry.stop()]);
    const [a, b] = [await hiding.kinds(), await empty.kinds()];
    const disclosures = (a.get('privacy:RecordDisclosed') ?? 0) - (b.get('privacy:RecordDisclosed') ?? 0);
    expect(disclosures).toBe(11);
    // The searches until the person was readable are inquiries too, so the hiding world has some more: at least one for each disclosure.
    const inquiries = (a.get('inquiries:InquiryMade') ?? 0) - (b.get('inquiries:InquiryMade') ?? 0);
    expect(inquiries).toBeGreaterThanOrEqual(disclosures);
  });
});
