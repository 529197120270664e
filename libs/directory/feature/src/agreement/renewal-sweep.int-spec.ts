import { accessStreams } from '@registry/contracts';
import { DirectoryApp } from '../testing/directory-app.js';
import { RenewalSweep } from './renewal-sweep.js';
import type { EndingAgreementPage } from './ending-agreements.js';

describe('Agreements that end', () => {
  let app: DirectoryApp;

  beforeEach(async () => {
    app = await DirectoryApp.start('2026-01-05T12:00:00.000Z');
  });

  afterEach(() => app.stop());

  const signed = async (
    endsOn: string,
    startsOn = '2026-01-01',
    organizationId?: string,
  ): Promise<string> => {
    const id = organizationId ?? (await app.enrol());
    await app.ask('PUT', `organizations/${id}/agreement`, {
      version: '1',
      signatory: 'Director',
      purposes: ['treatment'],
      startsOn,
      endsOn,
    });
    return id;
  };
  const warningsOf = async (id: string): Promise<unknown[]> =>
    (await app.store.read(accessStreams.agreement(id)))
      .filter(({ type }) => type === 'AgreementRenewalDue')
      .map(({ data }) => (data['state'] as { renewalWarned: { days: number } }).renewalWarned.days);
  const ending = (query = ''): Promise<EndingAgreementPage> => app.ask('GET', `agreements/ending${query}`);
  const idsOf = ({ agreements }: EndingAgreementPage) =>
    agreements.map(({ organizationId }) => organizationId);

  it('are warned of once per term and notice, however often and by however many it is swept', async () => {
    const id = await signed('2026-06-30');
    const untouched = await signed('2027-06-30');
    const sweep = app.get(RenewalSweep);
    const swept = async (day: string): Promise<unknown[]> => {
      app.clock.instant = `${day}T12:00:00.000Z`;
      await app.projected();
      // Two processes at once, and then once more.
      await Promise.all([sweep.run(), sweep.run()]);
      await sweep.run();
      return warningsOf(id);
    };
    expect(await swept('2026-03-31')).toEqual([]);
    expect(await swept('2026-04-01')).toEqual([90]);
    expect(await swept('2026-05-30')).toEqual([90]);
    expect(await swept('2026-05-31')).toEqual([90, 30]);
    expect(await swept('2026-06-23')).toEqual([90, 30, 7]);
    expect(await swept('2026-06-30')).toEqual([90, 30, 7]);
    expect(await swept('2026-07-01')).toEqual([90, 30, 7]);
    await signed('2026-09-30', '2026-07-01', id);
    expect(await swept('2026-07-02')).toEqual([90, 30, 7, 90]);
    expect(await warningsOf(untouched)).toEqual([]);
  });

  it('are listed: those that lapsed and those that end soon, until they are renewed or the organization closes', async () => {
    const [lapsed, soon, late, renewed, closed] = [
      await signed('2026-01-31'),
      await signed('2026-03-20'),
      await signed('2026-04-15'),
      await signed('2026-03-10'),
      await signed('2026-03-11'),
    ];
    await signed('2027-03-10', '2026-03-11', renewed);
    await app.ask('POST', `organizations/${closed}/close`);
    app.clock.instant = '2026-03-01T12:00:00.000Z';
    await app.projected();

    const page = await ending();
    expect(idsOf(page)).toEqual([lapsed, soon, late]);
    expect(page.agreements[0]).toEqual({
      organizationId: lapsed,
      name: 'An organization',
      category: 'provider',
      version: '1',
      signatory: 'Director',
      until: '2026-02-01T06:00:00.000Z',
      status: 'lapsed',
      daysLeft: -29,
    });
    expect(page.agreements[1]).toMatchObject({ status: 'ending', daysLeft: 19 });
    expect(idsOf(await ending('?within=30'))).toEqual([lapsed, soon]);
    expect(idsOf(await ending('?within=0'))).toEqual([lapsed]);
    expect((await app.request('GET', 'agreements/ending?within=soon')).status).toBe(400);

    await signed('2028-01-01', '2026-03-01', lapsed);
    await app.projected();
    expect(idsOf(await ending())).toEqual([soon, late]);
  });

  it('are listed by what is signed: a renewal after a gap counts from its start', async () => {
    const id = await signed('2026-02-15');
    await signed('2026-05-31', '2026-03-01', id);
    const listedAt = async (instant: string) => {
      app.clock.instant = instant;
      await app.projected();
      return (await ending()).agreements;
    };
    expect(await listedAt('2026-02-20T12:00:00.000Z')).toMatchObject([
      { status: 'lapsed', until: '2026-02-16T06:00:00.000Z' },
    ]);
    expect(await listedAt('2026-03-01T06:00:00.000Z')).toEqual([]);
    expect(await listedAt('2026-03-10T06:00:00.000Z')).toMatchObject([
      { status: 'ending', until: '2026-06-01T05:00:00.000Z' },
    ]);
    expect(await app.get(RenewalSweep).run()).toBe(1);
    expect(await listedAt('2026-06-02T06:00:00.000Z')).toMatchObject([{ status: 'lapsed' }]);
  });

  it('are listed in pages', async () => {
    const ids = new Set<string>();
    for (let count = 0; count < 103; count += 1) ids.add(await signed('2026-02-01'));
    await app.projected();
    const first = await ending();
    const second = await ending(`?after=${encodeURIComponent(first.next ?? '')}`);
    expect(first.agreements).toHaveLength(100);
    expect(second.next).toBeUndefined();
    expect(new Set([...idsOf(first), ...idsOf(second)])).toEqual(ids);
    expect(await app.get(RenewalSweep).run()).toBe(103);
    expect(await app.get(RenewalSweep).run()).toBe(0);
  });
});
