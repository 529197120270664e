import { randomUUID } from 'node:crypto';
import { apply, approve, verifiedRequest } from './help-desk.js';
import { decided, eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const HELP_DESK = 'demo-help-desk';

const CHILD: VxuValues = {
  controlId: 'ME-1',
  facility: 'LAKE',
  mrn: 'ME-1001',
  family: 'Ownview',
  given: 'Ida',
  birthDate: '2020-02-03',
  orderNumber: 'ME-1',
  administeredOn: '2020-04-03',
  lot: 'MELOT1',
  street: '9 Own Road',
};

describe('The own view', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(CHILD) });
    await eventually(search, (answer) => answer.body.includes(CHILD.lot));
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const search = () =>
    registry.request('POST', '/persons/search', {
      as: LAKESIDE,
      purpose: 'treatment',
      json: { identifier: { authority: CHILD.facility, value: CHILD.mrn } },
    });
  const accessBy = async (requestId: string): Promise<string> => {
    const answer = await registry.request('POST', `/privacy/requests/${requestId}/access`, { as: HELP_DESK });
    if (answer.status !== 201) throw new Error(`Access answered ${answer.status} ${answer.body}`);
    return (answer.json() as { token: string }).token;
  };
  const look = async <T>(as: string, path: string): Promise<T> => {
    const answer = await decided(() => registry.request('GET', path, { as }));
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status} ${answer.body}`);
    return answer.json() as T;
  };

  it('is opened by a verified request, to look only, and changes nothing', async () => {
    const requestId = await verifiedRequest(registry, { change: 'view' }, CHILD);
    const early = await registry.request('POST', `/privacy/requests/${requestId}/access`, { as: HELP_DESK });
    expect(early.status).toBe(422);
    expect(await approve(registry, requestId)).toBe('applied');
    const token = await accessBy(requestId);
    expect(await look(token, '/me')).toMatchObject({
      capacity: 'parent',
      settings: { lockedTo: null, optedOut: false, remindersDeclined: false, underReview: false },
    });
    const { record } = await look<{ record: { doses: { lot: string }[]; sources: unknown[] } }>(
      token,
      '/me/record',
    );
    expect(record.doses.map(({ lot }) => lot)).toEqual([CHILD.lot]);
    expect(record.sources).toHaveLength(1);
    expect((await search()).body).toContain(CHILD.lot);
  });

  it('shows everything whatever the setting, who looked, what was asked, and what was suppressed', async () => {
    await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, CHILD);
    const requestId = await apply(registry, { change: 'opt-out' }, CHILD);
    const suppressed = { ...CHILD, controlId: 'ME-2', orderNumber: 'ME-2', lot: 'MELOT2' };
    await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(suppressed) });
    const token = await accessBy(requestId);
    expect(await look(token, '/me')).toMatchObject({
      settings: { lockedTo: { organization: 'Prairie Clinic' }, optedOut: true },
    });
    const listed = await eventually(
      () => look<{ suppressed: { organization: string; month: string }[] }>(token, '/me/suppressed'),
      ({ suppressed: rows }) => rows.length > 0,
    );
    expect(listed.suppressed).toEqual([
      { organization: 'Lakeside Clinic', month: new Date().toISOString().slice(0, 7) },
    ]);
    // Each projection hears of the suppression in its own time.
    const { record } = await eventually(
      () => look<{ record: { doses: { lot: string }[] } }>(token, '/me/record'),
      ({ record: { doses } }) => doses.every(({ lot }) => lot !== suppressed.lot),
    );
    expect(record.doses.map(({ lot }) => lot)).toEqual([CHILD.lot]);
    const { disclosures } = await look<{ disclosures: { kind: string; organization?: string }[] }>(
      token,
      '/me/disclosures',
    );
    expect(disclosures).toContainEqual(
      expect.objectContaining({
        kind: 'disclosed',
        organization: 'Lakeside Clinic',
        purpose: 'treatment',
        byUser: false,
      }),
    );
    expect(disclosures.filter(({ kind }) => kind === 'own-view').length).toBeGreaterThan(1);
    const { requests } = await look<{ requests: { change: string; status: string }[] }>(
      token,
      '/me/requests',
    );
    expect(requests.map(({ change, status }) => `${change} ${status}`).sort()).toEqual([
      'lock applied',
      'opt-out applied',
      'view applied',
    ]);
  });

  it('prints the official record, as a page and as PDF', async () => {
    const requestId = await verifiedRequest(registry, { change: 'view' }, CHILD);
    await approve(registry, requestId);
    const token = await accessBy(requestId);
    const page = await registry.request('GET', '/me/record.html?form=school', { as: token });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.body).toContain('Immunization record for school');
    expect(page.body).toContain('Ida');
    expect(page.body).not.toContain(CHILD.lot);
    const pdf = await registry.request('GET', '/me/record.pdf?form=military', { as: token });
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.body.startsWith('%PDF-')).toBe(true);
    expect((await registry.request('GET', '/me/record.pdf?form=party', { as: token })).status).toBe(404);
  });

  it('takes a dispute of a value, which staff look into and end', async () => {
    const requestId = await verifiedRequest(registry, { change: 'view' }, CHILD);
    await approve(registry, requestId);
    const token = await accessBy(requestId);
    const raised = await registry.request('POST', '/me/disputes', {
      as: token,
      json: { element: 'dose:2020-04-03:83', reason: 'not-mine' },
    });
    expect(raised.status).toBe(201);
    const { disputeId } = raised.json() as { disputeId: string };
    const { tasks } = await eventually(
      () => look<{ tasks: { taskId: string; kind: string; about: string }[] }>(HELP_DESK, '/privacy/tasks'),
      (list) => list.tasks.some(({ about }) => about === disputeId),
    );
    const task = tasks.find(({ about }) => about === disputeId);
    const shown = await registry.request('POST', `/privacy/tasks/${task?.taskId ?? ''}/person`, {
      as: HELP_DESK,
    });
    expect(shown.json()).toMatchObject({ person: { names: [{ family: CHILD.family }] } });
    expect(shown.body).not.toContain(CHILD.lot);
    await registry.request('POST', `/privacy/tasks/${task?.taskId ?? ''}/close`, {
      as: HELP_DESK,
      json: { outcome: 'source-asked' },
    });
    // The task has ended, and with it the view.
    const after = await registry.request('POST', `/privacy/tasks/${task?.taskId ?? ''}/person`, {
      as: HELP_DESK,
    });
    expect(after.status).toBe(409);
    await registry.request('POST', `/privacy/disputes/${disputeId}/end`, {
      as: HELP_DESK,
      json: { outcome: 'annotated' },
    });
    expect(await look(token, '/me/disputes')).toMatchObject({
      disputes: [{ disputeId, status: 'annotated' }],
    });
  });

  it('is closed to everybody else', async () => {
    for (const as of [
      LAKESIDE,
      HELP_DESK,
      'demo-auditor',
      `own.${randomUUID()}.${'A'.repeat(43)}`,
      'own.x.y',
    ])
      expect((await registry.request('GET', '/me/record', { as })).status).toBe(401);
    const requestId = await verifiedRequest(registry, { change: 'view' }, CHILD);
    await approve(registry, requestId);
    const answer = await registry.request('POST', `/privacy/requests/${requestId}/access`, { as: HELP_DESK });
    const { token, accessId } = answer.json() as { token: string; accessId: string };
    // A token opens nothing but the own view.
    expect((await registry.request('GET', '/privacy/requests', { as: token })).status).toBe(401);
    await registry.request('POST', `/privacy/accesses/${accessId}/revoke`, { as: HELP_DESK });
    expect((await registry.request('GET', '/me', { as: token })).status).toBe(401);
  });
});

describe('A request', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const post = async (path: string, json: unknown = {}, as = HELP_DESK) => {
    const answer = await registry.request('POST', path, { as, json });
    return { status: answer.status, body: answer.json() as Record<string, unknown> };
  };
  const statusOf = async (id: string): Promise<unknown> =>
    (
      (await registry.request('GET', `/privacy/requests/${id}`, { as: HELP_DESK })).json() as {
        status: string;
      }
    ).status;
  const request = async (change: string, person: object, more: object = {}): Promise<string> => {
    const { status, body } = await post('/privacy/requests', { change, capacity: 'parent', person, ...more });
    expect(status).toBe(201);
    return body['requestId'] as string;
  };
  const verify = (id: string, json: object = { evidence: 'photo-id' }) =>
    post(`/privacy/requests/${id}/verify`, json);

  it('that loosens takes two of the staff', async () => {
    const person = { family: 'Twostaff', given: 'Una', birthDate: '2021-01-01' };
    await apply(registry, { change: 'opt-out' }, person);
    const id = await request('opt-in', person);
    await verify(id);
    const alone = await post(`/privacy/requests/${id}/approve`);
    expect(alone).toMatchObject({ status: 409, body: { code: 'PRIVACY.SECOND_STAFF_NEEDED' } });
    const second = await post(`/privacy/requests/${id}/approve`, {}, 'demo-help-desk-2');
    expect(second.body).toMatchObject({ status: 'applied' });
  });

  it('to lock that turns out to move access waits for a second member of the staff', async () => {
    const person = { family: 'Movedlock', given: 'Una', birthDate: '2021-01-02' };
    await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, person);
    const id = await request('lock', person, { holder: 'd0000000-0000-4000-8000-000000000001' });
    await verify(id);
    expect((await post(`/privacy/requests/${id}/approve`)).body).toMatchObject({ status: 'needs-second' });
    const second = await post(`/privacy/requests/${id}/approve`, {}, 'demo-help-desk-2');
    expect(second.body).toMatchObject({ status: 'applied' });
  });

  it('to loosen what another parent set is disputed, until that one agrees', async () => {
    const person = { family: 'Disputed', given: 'Una', birthDate: '2021-01-03' };
    const mine = { requesterName: 'Ann Parent' };
    const out = await request('opt-out', person, mine);
    await verify(out);
    expect((await post(`/privacy/requests/${out}/approve`)).body).toMatchObject({ status: 'applied' });
    const id = await request('opt-in', person, { requesterName: 'Bob Parent' });
    await verify(id);
    expect((await post(`/privacy/requests/${id}/approve`, {}, 'demo-help-desk-2')).body).toMatchObject({
      status: 'disputed',
    });
    await verify(id, { evidence: 'photo-id', agreement: 'setter-agrees' });
    expect((await post(`/privacy/requests/${id}/approve`, {}, 'demo-help-desk-2')).body).toMatchObject({
      status: 'applied',
    });
  });

  it('is replaced by a newer one about the same person', async () => {
    const person = { family: 'Replaced', given: 'Una', birthDate: '2021-01-04' };
    const first = await request('opt-out', person);
    const second = await request('decline-reminders', { ...person, family: 'replaced ' });
    await eventually(
      () => statusOf(first),
      (status) => status === 'replaced',
    );
    expect(await statusOf(second)).toBe('submitted');
  });

  it('of a parent ends with the child’s majority, and a minor does not speak alone', async () => {
    const adult = { family: 'Grownup', given: 'Una', birthDate: '1990-01-01' };
    const refused = await post('/privacy/requests', { change: 'opt-out', capacity: 'parent', person: adult });
    expect(refused).toMatchObject({ status: 422, body: { code: 'PRIVACY.AUTHORITY_ENDED' } });
    const minor = await request('opt-out', { ...adult, birthDate: '2015-01-01' }, { capacity: 'self' });
    expect(await verify(minor)).toMatchObject({ status: 422, body: { code: 'PRIVACY.MINOR_ALONE' } });
    expect((await verify(minor, { evidence: 'emancipated' })).status).toBe(200);
  });

  it('for a child not yet born waits for the birth record, and applies with it', async () => {
    const { status, body } = await post('/privacy/requests', {
      change: 'opt-out',
      capacity: 'parent',
      unborn: { expectedDate: '2026-03-01', mother: { family: 'Watchful', given: 'Mona' } },
    });
    expect(status).toBe(201);
    const id = body['requestId'] as string;
    await verify(id);
    await post(`/privacy/requests/${id}/approve`);
    await eventually(
      () => statusOf(id),
      (now) => now === 'watching',
    );
    const rows = [
      'event,fileNumber,issuedAt,family,given,birthDate,sex,motherFamily,motherGiven',
      'birth,2026-900001,2026-03-11T15:00:00Z,Watchful,Tom,2026-03-09,M,Watchful,Mona',
      'birth,2026-900002,2026-03-11T15:00:00Z,Other,Tim,2026-03-09,M,Other,Mona',
      '',
    ].join('\n');
    await registry.request('POST', '/births', {
      as: 'demo-vital-records',
      body: rows,
      headers: { 'content-type': 'text/csv' },
    });
    await eventually(
      () => statusOf(id),
      (now) => now === 'applied',
    );
  });

  it('that fits several persons is decided by staff, who see them within the task only', async () => {
    const birthDate = '2018-08-08';
    for (const [mrn, facility, street] of [
      ['S1', 'LAKE', '1 Same Street'],
      ['S2', 'LAKE2', '2 Other Street'],
    ] as const)
      await registry.request('POST', '/hl7', {
        as: LAKESIDE,
        hl7: vxu({
          ...CHILD,
          controlId: mrn,
          mrn,
          facility,
          family: 'Several',
          given: 'Sam',
          birthDate,
          orderNumber: mrn,
          lot: `SLOT${mrn}`,
          street,
          administeredOn: '2019-01-01',
        }),
      });
    await eventually(
      () =>
        registry.request('POST', '/persons/search', {
          as: LAKESIDE,
          purpose: 'treatment',
          json: { identifier: { authority: 'LAKE2', value: 'S2' } },
        }),
      (answer) => answer.body.includes('SLOTS2'),
    );
    const id = await request('opt-out', { family: 'Several', given: 'Sam', birthDate });
    await verify(id);
    await post(`/privacy/requests/${id}/approve`);
    expect(await statusOf(id)).toBe('needs-review');
    const { body } = await post(`/privacy/requests/${id}/handle`);
    expect(body).toMatchObject({
      form: { demographics: { birthDate } },
      candidates: [{ birthDate }, { birthDate }],
    });
    expect(JSON.stringify(body)).not.toContain('SLOT');
    expect((await post(`/privacy/requests/${id}/choose`, { candidate: 7 })).status).toBe(404);
    expect((await post(`/privacy/requests/${id}/choose`, { candidate: 0 })).body).toMatchObject({
      status: 'applied',
    });
    expect((await post(`/privacy/requests/${id}/handle`)).status).toBe(409);
  });

  it('has a receipt, and is listed when it is overdue', async () => {
    const id = await request(
      'decline-reminders',
      { family: 'Receipt', given: 'Una', birthDate: '2021-05-05' },
      { signedOn: '2026-11-01' },
    );
    await verify(id);
    await post(`/privacy/requests/${id}/approve`);
    const receipt = await registry.request('GET', `/privacy/requests/${id}/receipt`, { as: HELP_DESK });
    expect(receipt.json()).toMatchObject({
      change: 'decline-reminders',
      status: 'applied',
      signedOn: '2026-11-01',
    });
    expect(receipt.body).toContain('effectiveAt');
    expect(receipt.body).not.toContain('Receipt"');
    const overdue = await registry.request('GET', '/privacy/requests?overdue=true', { as: HELP_DESK });
    expect(overdue.json()).toEqual({ requests: [] });
  });
});
