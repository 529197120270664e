import { randomUUID } from 'node:crypto';
import { hashApiKey } from '@registry/access';
import { accessStreams } from '@registry/contracts';
import { StoredCallers } from './access/stored-callers.js';
import { DirectoryApp } from './testing/directory-app.js';

const NOW = '2026-03-01T12:00:00.000Z';

describe('The directory', () => {
  let app: DirectoryApp;

  beforeAll(async () => {
    app = await DirectoryApp.start(NOW);
  });

  afterAll(() => app.stop());

  beforeEach(() => {
    app.clock.instant = NOW;
  });

  const refused = async (method: 'POST' | 'PUT' | 'GET', path: string, json?: object) => {
    const answer = await app.request(method, path, json);
    return [answer.status, (answer.json() as { code?: string }).code];
  };
  const typesOf = async (stream: string) => (await app.store.read(stream)).map(({ type }) => type);
  const AGREEMENT = {
    version: '1',
    signatory: 'Director',
    purposes: ['treatment'],
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
  };

  describe('keeps organizations', () => {
    it('that are enrolled, read, amended and closed', async () => {
      const parent = await app.enrol();
      const id = await app.enrol('community-health-board', {
        parentId: parent,
        jurisdiction: ['Cook', '27075'],
      });
      expect(await app.ask('GET', `organizations/${id}`)).toEqual({
        organization: {
          organizationId: id,
          name: 'An organization',
          category: 'community-health-board',
          status: 'active',
          parentId: parent,
          jurisdiction: ['27031', '27075'],
        },
      });
      const amended = { name: 'Another name', jurisdiction: ['Lake'] };
      await app.ask('PUT', `organizations/${id}`, amended);
      await app.ask('PUT', `organizations/${id}`, amended);
      await app.ask('POST', `organizations/${id}/close`);
      expect(await typesOf(accessStreams.organization(id))).toEqual([
        'OrganizationEnrolled',
        'OrganizationAmended',
        'OrganizationClosed',
      ]);
      expect(await refused('GET', `organizations/${randomUUID()}`)).toEqual([
        404,
        'DIRECTORY.ORGANIZATION_UNKNOWN',
      ]);
    });

    it('that are part of another, never in a circle', async () => {
      const top = await app.enrol();
      const middle = await app.enrol('provider', { parentId: top });
      const bottom = await app.enrol('provider', { parentId: middle });
      expect(await refused('PUT', `organizations/${top}`, { name: 'Top', parentId: bottom })).toEqual([
        422,
        'DIRECTORY.PARENT_OF_ITSELF',
      ]);
    });

    it('in keyset pages', async () => {
      const enrolled = new Set<string>();
      for (let count = 0; count < 101; count += 1) enrolled.add(await app.enrol());
      await app.projected();
      const seen: string[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: { organizations: { organizationId: string }[]; next?: string } = await app.ask(
          'GET',
          `organizations?after=${after}`,
        );
        expect(page.organizations.length).toBeLessThanOrEqual(100);
        seen.push(...page.organizations.map(({ organizationId }) => organizationId));
        after = page.next;
      }
      expect(seen).toEqual([...new Set(seen)].sort());
      expect(seen).toEqual(expect.arrayContaining([...enrolled]));
    });

    it.each([
      { category: 'hospital' },
      { parentId: 'x' },
      { jurisdiction: [] },
      { jurisdiction: 'Lake' },
      { status: 'active' },
    ])('and takes no %j', async (over) => {
      const body = { name: 'An organization', category: 'community-health-board', ...over };
      expect(await refused('POST', 'organizations', body)).toEqual([400, 'INPUT.INVALID']);
    });

    it('that were acquired: client and agreement do not pass over', async () => {
      const [acquired, buyer] = [await app.enrol(), await app.enrol()];
      await app.ask('PUT', `organizations/${acquired}/agreement`, AGREEMENT);
      const body = { name: 'EHR', roles: ['reader'] };
      const { key } = await app.ask<{ key: string }>('POST', `organizations/${acquired}/clients`, body);
      const callers = app.get(StoredCallers);
      expect(await callers.identify(hashApiKey(key))).toMatchObject({ organizationId: acquired });

      const acquisition = { byOrganizationId: buyer, on: '2026-02-28' };
      expect(
        await refused('POST', `organizations/${acquired}/acquired`, { ...acquisition, on: '2026-03-02' }),
      ).toEqual([422, 'DIRECTORY.DATE_IN_FUTURE']);
      await app.ask('POST', `organizations/${acquired}/acquired`, acquisition);
      await app.ask('POST', `organizations/${acquired}/acquired`, acquisition);
      expect(await typesOf(accessStreams.organization(acquired))).toEqual([
        'OrganizationEnrolled',
        'OrganizationAcquired',
      ]);
      expect(await callers.identify(hashApiKey(key))).toBeUndefined();
      expect(await refused('POST', `organizations/${acquired}/clients`, body)).toEqual([
        409,
        'DIRECTORY.ORGANIZATION_CLOSED',
      ]);
      expect(await app.ask('GET', `organizations/${buyer}`)).not.toHaveProperty('agreement');
    });
  });

  describe('keeps sites', () => {
    it('each with a code that no other has and facility names of its own', async () => {
      const [one, other] = [await app.enrol(), await app.enrol()];
      const site = { code: 'ELM01', name: 'Elm Street', facilityNames: ['ELM', 'ELMST'] };
      expect(await app.ask('POST', `organizations/${one}/sites`, site)).toEqual({
        ...site,
        organizationId: one,
        status: 'open',
      });
      await app.ask('POST', `organizations/${one}/sites`, site);
      expect(await refused('POST', `organizations/${other}/sites`, site)).toEqual([
        409,
        'DIRECTORY.SITE_EXISTS',
      ]);
      await app.projected();
      const same = { code: 'ELM02', name: 'Elm Street 2', facilityNames: ['ELM'] };
      expect(await refused('POST', `organizations/${one}/sites`, same)).toEqual([
        409,
        'DIRECTORY.FACILITY_NAME_EXISTS',
      ]);
      await app.ask('POST', `organizations/${other}/sites`, same);
      await app.ask('PUT', 'sites/ELM01', { name: 'Elm Street', facilityNames: ['ELM'] });
      await app.ask('POST', 'sites/ELM01/close');
      await app.projected();
      expect(await app.ask('GET', `organizations/${one}/sites`)).toEqual({
        sites: [{ ...site, facilityNames: ['ELM'], organizationId: one, status: 'closed' }],
      });
      expect(await refused('POST', 'sites/NONE/close')).toEqual([404, 'DIRECTORY.SITE_UNKNOWN']);
    });
  });

  describe('keeps agreements', () => {
    it('by legal days or instants, renewed and ended', async () => {
      const id = await app.enrol();
      expect(await app.ask('PUT', `organizations/${id}/agreement`, AGREEMENT)).toMatchObject({
        startsAt: '2026-01-01T06:00:00.000Z',
        endsAt: '2027-01-01T06:00:00.000Z',
      });
      const { startsOn: _, endsOn: _1, ...rest } = AGREEMENT;
      const instants = { startsAt: '2027-01-01T06:00:00Z', endsAt: '2028-01-01T06:00:00Z' };
      const renewed = await app.ask('PUT', `organizations/${id}/agreement`, { ...rest, ...instants });
      expect(renewed).toMatchObject({ endsAt: '2027-01-01T06:00:00.000Z', next: instants });
      expect(await app.ask('POST', `organizations/${id}/agreement/end`)).toMatchObject({ endsAt: NOW });
      expect(await app.ask('GET', `organizations/${id}`)).not.toHaveProperty('agreement.next');
    });

    it.each([
      { startsOn: undefined },
      { startsAt: '2026-01-01T00:00:00Z' },
      { endsOn: '2026-02-30' },
      { endsOn: undefined, endsAt: 'tomorrow' },
      { siteCodes: [] },
      { purposes: ['curiosity'] },
    ])('and takes no %j', async (over) => {
      const id = await app.enrol();
      expect(await refused('PUT', `organizations/${id}/agreement`, { ...AGREEMENT, ...over })).toEqual([
        400,
        'INPUT.INVALID',
      ]);
    });

    it('that cover sites of the organization only', async () => {
      const [one, other] = [await app.enrol(), await app.enrol()];
      await app.ask('POST', `organizations/${one}/sites`, { code: 'OAK01', name: 'Oak' });
      const covering = { ...AGREEMENT, siteCodes: ['OAK01'] };
      expect(await app.ask('PUT', `organizations/${one}/agreement`, covering)).toMatchObject({
        siteCodes: ['OAK01'],
      });
      expect(await refused('PUT', `organizations/${other}/agreement`, covering)).toEqual([
        422,
        'DIRECTORY.SITE_OF_ANOTHER',
      ]);
    });
  });

  describe('keeps users', () => {
    it('whose names are in their streams and nowhere else', async () => {
      const id = await app.enrol();
      const body = { name: 'Robin Quillfeather', email: 'robin@clinic.example', roles: ['reader'] };
      const { userId } = await app.ask<{ userId: string }>('POST', `organizations/${id}/users`, body);
      await app.ask('PUT', `users/${userId}/roles`, { roles: ['reader', 'submitter'] });
      await app.projected();
      expect(await app.ask('GET', `organizations/${id}/users`)).toEqual({
        users: [{ userId, organizationId: id, ...body, roles: ['reader', 'submitter'], status: 'active' }],
      });
      expect(JSON.stringify(await app.readModel.select('SELECT * FROM organization_user'))).not.toContain(
        'Quillfeather',
      );
      await app.ask('POST', `users/${userId}/deactivate`);
      await app.ask('POST', `users/${userId}/deactivate`);
      expect(await typesOf(accessStreams.user(userId))).toEqual([
        'UserEnrolled',
        'UserRolesChanged',
        'UserDeactivated',
      ]);
      expect(await refused('PUT', `users/${userId}/roles`, { roles: ['reader'] })).toEqual([
        422,
        'DIRECTORY.USER_DEACTIVATED',
      ]);
      expect(await refused('POST', `users/${randomUUID()}/deactivate`)).toEqual([
        404,
        'DIRECTORY.USER_UNKNOWN',
      ]);
      expect(await refused('POST', `organizations/${id}/users`, { ...body, roles: ['auditor'] })).toEqual([
        422,
        'DIRECTORY.ROLE_NOT_FOR_CATEGORY',
      ]);
      expect(await refused('POST', `organizations/${id}/users`, { ...body, email: 'robin' })).toEqual([
        400,
        'INPUT.INVALID',
      ]);
    });
  });

  describe('keeps clients', () => {
    const SETTINGS = {
      name: 'EHR',
      roles: ['reader', 'submitter'],
      processingIds: ['P', 'T'],
      protectionIndicator: 'cdc',
      limits: { requestsPerMinute: 600, personsPerDay: 2_000 },
      actsForUsers: true,
    };
    const register = async (body: object = SETTINGS) => {
      const organizationId = await app.enrol();
      const path = `organizations/${organizationId}/clients`;
      return { organizationId, ...(await app.ask<{ clientId: string; key: string }>('POST', path, body)) };
    };
    const identify = (key: string) => app.get(StoredCallers).identify(hashApiKey(key));
    /** As a process that has never heard of any key. */
    const identifyAnew = (key: string) =>
      new StoredCallers(app.store, app.readModel, app.clock).identify(hashApiKey(key));

    it('with their settings, which change, and never shows the hash of a key', async () => {
      const { organizationId, clientId, key } = await register();
      expect(await identify(key)).toEqual({
        clientId,
        organizationId,
        roles: SETTINGS.roles,
        processingIds: SETTINGS.processingIds,
        limits: SETTINGS.limits,
        actsForUsers: true,
      });
      await app.projected();
      const view = { clientId, organizationId, ...SETTINGS, status: 'active' };
      expect(await app.ask('GET', `organizations/${organizationId}/clients`)).toEqual({ clients: [view] });
      const amended = await app.ask('PUT', `clients/${clientId}`, { name: 'EHR', roles: ['submitter'] });
      expect(amended).toEqual({
        clientId,
        organizationId,
        name: 'EHR',
        roles: ['submitter'],
        processingIds: ['P'],
        protectionIndicator: 'off',
        actsForUsers: false,
        status: 'active',
      });
      expect(await identify(key)).toMatchObject({ roles: ['submitter'] });
    });

    it.each([
      { protectionIndicator: 'on' },
      { limits: { requestsPerMinute: 0 } },
      { limits: { perYear: 1 } },
      { limits: null },
      { actsForUsers: 'yes' },
      { processingIds: ['X'] },
    ])('and takes no %j', async (over) => {
      const path = `organizations/${await app.enrol()}/clients`;
      expect(await refused('POST', path, { ...SETTINGS, ...over })).toEqual([400, 'INPUT.INVALID']);
    });

    it('whose earlier key is good for a day after a rotation, and then not', async () => {
      const { clientId, key } = await register();
      const rotated = await app.ask<{ key: string; earlierKeyUntil: string }>(
        'POST',
        `clients/${clientId}/rotate-key`,
      );
      expect(rotated.earlierKeyUntil).toBe('2026-03-02T12:00:00.000Z');
      await app.projected();
      for (const good of [key, rotated.key]) {
        expect(await identify(good)).toMatchObject({ clientId });
        expect(await identifyAnew(good)).toMatchObject({ clientId });
      }
      app.clock.instant = '2026-03-02T11:59:59.999Z';
      expect(await identify(key)).toMatchObject({ clientId });
      app.clock.instant = rotated.earlierKeyUntil;
      expect(await identify(key)).toBeUndefined();
      expect(await identifyAnew(key)).toBeUndefined();
      expect(await identify(rotated.key)).toMatchObject({ clientId });
    });

    it('whose earlier key ends at once if that is said, then or later', async () => {
      const { clientId, key } = await register();
      const path = `clients/${clientId}`;
      const second = await app.ask<{ key: string }>('POST', `${path}/rotate-key`, { overlapHours: 0 });
      expect(second).not.toHaveProperty('earlierKeyUntil');
      expect(await identify(key)).toBeUndefined();
      const third = await app.ask<{ key: string }>('POST', `${path}/rotate-key`, { overlapHours: 1 });
      expect(await identify(second.key)).toMatchObject({ clientId });
      await app.ask('POST', `${path}/revoke-earlier-key`);
      expect(await identify(second.key)).toBeUndefined();
      expect(await identify(third.key)).toMatchObject({ clientId });
      expect(await refused('POST', `${path}/rotate-key`, { overlapHours: 169 })).toEqual([
        400,
        'INPUT.INVALID',
      ]);
    });

    it('all of whose keys end when it is revoked', async () => {
      const { clientId, key } = await register();
      const rotated = await app.ask<{ key: string }>('POST', `clients/${clientId}/rotate-key`);
      await app.ask('POST', `clients/${clientId}/revoke`);
      for (const gone of [key, rotated.key]) {
        expect(await identify(gone)).toBeUndefined();
        expect(await identifyAnew(gone)).toBeUndefined();
      }
    });

    it('known by one read of the heads per request, with or without an agreement in force', async () => {
      const { organizationId, clientId, key } = await register();
      await app.ask('PUT', `organizations/${organizationId}/agreement`, {
        ...AGREEMENT,
        endsOn: '2026-02-01',
      });
      await app.projected();
      let reads = 0;
      const counting = new StoredCallers(
        {
          ...app.store,
          heads: (streams: readonly string[]) => {
            reads += 1;
            return app.store.heads(streams);
          },
        },
        app.readModel,
        app.clock,
      );
      for (let request = 1; request <= 3; request += 1) {
        // The agreement has lapsed: the client still comes in, to submit. Reading stops at the gate.
        expect(await counting.identify(hashApiKey(key))).toMatchObject({ clientId });
        expect(reads).toBe(request);
      }
    });
  });
});
