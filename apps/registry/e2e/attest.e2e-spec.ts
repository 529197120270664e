import { apply } from './help-desk.js';
import { eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const LAKESIDE_ID = 'd0000000-0000-4000-8000-000000000001';

const PERSON: VxuValues = {
  controlId: 'ATTEST-1',
  facility: 'LAKE',
  mrn: 'A-1001',
  family: 'Quigley',
  given: 'Thea',
  birthDate: '2021-04-05',
  orderNumber: 'A-1',
  administeredOn: '2021-06-05',
  lot: 'ATT123',
  street: '12 Birch Lane',
};
const NAME = { family: PERSON.family, given: PERSON.given, birthDate: PERSON.birthDate };
const AT_HOME = { address: { street: '12 birch lane', zip: '55802-1234' } };

describe('A provider that attests', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: vxu(PERSON) });
    await eventually(
      () => search(LAKESIDE),
      (answer) => answer.body.includes(PERSON.lot),
    );
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const search = (as: string) =>
    registry.request('POST', '/persons/search', { as, purpose: 'treatment', json: { name: NAME } });
  const attest = (knows: object, { as = PRAIRIE, purpose = 'treatment', name = NAME } = {}) =>
    registry.request('POST', '/persons/attest', { as, purpose, json: { name, knows } });

  it.each([
    ['an address of somebody else', { address: { street: '12 Birch Lane', zip: '55803' } }],
    ['a phone that nobody has', { phone: '218-555-0199' }],
    ['a guardian who is none', { guardian: { family: 'Quigley', given: 'Zoe' } }],
    ['another’s number', { identifier: { authority: 'LAKE', value: 'A-9' } }],
  ])('with %s is answered as about nobody', async (_what, knows) => {
    const wrong = await attest(knows);
    const nobody = await attest(knows, { name: { ...NAME, family: 'Nobody' } });
    expect([wrong.status, wrong.body]).toEqual([nobody.status, nobody.body]);
    expect(wrong.json()).toEqual({ persons: [] });
    // Nor has it become one that serves her.
    expect((await search(PRAIRIE)).json()).toEqual({ persons: [] });
  });

  it('says one thing more about the person, no less and no more', async () => {
    for (const knows of [{}, { phone: '218-555-0100', ...AT_HOME }, { phone: 'x' }, { colour: 'blue' }])
      expect((await attest(knows)).status).toBe(400);
  });

  it('is for providers, for treatment', async () => {
    expect((await attest(AT_HOME, { as: 'demo-school', purpose: 'school' })).json()).toEqual({ persons: [] });
    expect((await attest(AT_HOME, { as: 'demo-health-board', purpose: 'outbreak' })).json()).toEqual({
      persons: [],
    });
  });

  it('finds nobody whose record is locked to another, with the same bytes as about nobody', async () => {
    const name = { family: PERSON.family, given: PERSON.given, birthDate: PERSON.birthDate };
    await apply(registry, { change: 'lock', holder: LAKESIDE_ID }, name);
    const locked = await attest(AT_HOME);
    const nobody = await attest(AT_HOME, { name: { ...NAME, family: 'Nobody' } });
    expect([locked.status, locked.body]).toEqual([nobody.status, nobody.body]);
    await apply(registry, { change: 'unlock' }, name);
    // The attestation of then counts for nothing now.
    expect((await search(PRAIRIE)).json()).toEqual({ persons: [] });
  });

  it('reads the record, and goes on reading it without attesting again', async () => {
    const found = await eventually(
      () => attest(AT_HOME),
      (answer) => answer.body.includes(PERSON.lot),
    );
    expect(found.status).toBe(200);
    await eventually(
      () => search(PRAIRIE),
      (answer) => answer.body.includes(PERSON.lot),
    );
  });
});
