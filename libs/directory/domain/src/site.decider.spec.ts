import type { Organization, Site } from './access.events.js';
import { decideSite } from './site.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const details = { name: 'Main street', facilityNames: ['MAIN'] };
const site: Site = { code: 'MAIN01', organizationId: 'o', ...details, status: 'open' };

describe('A site', () => {
  const open = (state?: Site, organization: Organization | undefined = clinic, namesTaken: string[] = []) =>
    decideSite({ type: 'OpenSite', code: 'MAIN01', details, organization, namesTaken }, state);

  it('is opened once, by an active organization, under a code that nobody has', () => {
    expect(open()).toStrictEqual([{ type: 'SiteOpened', data: { state: site } }]);
    expect(open(site)).toStrictEqual([]);
    expect(() => open({ ...site, organizationId: 'other' })).toThrow('DIRECTORY.SITE_EXISTS');
    expect(() => open(undefined, { ...clinic, status: 'acquired' })).toThrow('DIRECTORY.ORGANIZATION_CLOSED');
    expect(() =>
      decideSite(
        { type: 'OpenSite', code: 'MAIN01', details, organization: undefined, namesTaken: [] },
        undefined,
      ),
    ).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
  });

  it('shares no facility name with another of its organization', () => {
    expect(() => open(undefined, clinic, ['MAIN'])).toThrow('DIRECTORY.FACILITY_NAME_EXISTS');
    const amend = { type: 'AmendSite', details: { ...details, facilityNames: ['A', 'B'] } } as const;
    expect(() => decideSite({ ...amend, namesTaken: ['B'] }, site)).toThrow('DIRECTORY.FACILITY_NAME_EXISTS');
  });

  it('is amended while it is open', () => {
    const amend = {
      type: 'AmendSite',
      details: { name: 'Main', facilityNames: [] },
      namesTaken: [],
    } as const;
    const amended = { ...site, ...amend.details };
    expect(decideSite(amend, site)).toStrictEqual([{ type: 'SiteAmended', data: { state: amended } }]);
    expect(decideSite(amend, amended)).toStrictEqual([]);
    expect(() => decideSite(amend, { ...site, status: 'closed' })).toThrow('DIRECTORY.SITE_CLOSED');
    expect(() => decideSite(amend, undefined)).toThrow('DIRECTORY.SITE_UNKNOWN');
  });

  it('is closed once', () => {
    const closed = { ...site, status: 'closed' } as const;
    expect(decideSite({ type: 'CloseSite' }, site)).toStrictEqual([
      { type: 'SiteClosed', data: { state: closed } },
    ]);
    expect(decideSite({ type: 'CloseSite' }, closed)).toStrictEqual([]);
    expect(() => decideSite({ type: 'CloseSite' }, undefined)).toThrow('DIRECTORY.SITE_UNKNOWN');
  });
});
