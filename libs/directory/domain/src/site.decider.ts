import { assertNever, sameState, type AccessEvent, type Organization, type Site } from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { activeOrganization } from './organization.decider.js';

export interface SiteDetails {
  readonly name: string;
  readonly facilityNames: readonly string[];
}

export type SiteCommand =
  | {
      readonly type: 'OpenSite';
      readonly code: string;
      readonly details: SiteDetails;
      readonly organization: Organization | undefined;
      /** Facility names of the organization's other open sites. */
      readonly namesTaken: readonly string[];
    }
  | { readonly type: 'AmendSite'; readonly details: SiteDetails; readonly namesTaken: readonly string[] }
  | { readonly type: 'CloseSite' };

/** @param state the site at its stream's head; undefined before its first event */
export const decideSite = (command: SiteCommand, state: Site | undefined): AccessEvent[] => {
  if (command.type === 'OpenSite') {
    const { organizationId } = activeOrganization(command.organization);
    const opened: Site = { code: command.code, organizationId, ...command.details, status: 'open' };
    if (state !== undefined) {
      if (sameState(opened, state)) return [];
      throw new DirectoryError('DIRECTORY.SITE_EXISTS');
    }
    mustBeFree(opened.facilityNames, command.namesTaken);
    return [{ type: 'SiteOpened', data: { state: opened } }];
  }
  if (state === undefined) throw new DirectoryError('DIRECTORY.SITE_UNKNOWN');
  switch (command.type) {
    case 'AmendSite': {
      if (state.status === 'closed') throw new DirectoryError('DIRECTORY.SITE_CLOSED');
      const amended: Site = { ...state, ...command.details };
      if (sameState(amended, state)) return [];
      mustBeFree(amended.facilityNames, command.namesTaken);
      return [{ type: 'SiteAmended', data: { state: amended } }];
    }
    case 'CloseSite':
      if (state.status === 'closed') return [];
      return [{ type: 'SiteClosed', data: { state: { ...state, status: 'closed' } } }];
    default:
      return assertNever(command);
  }
};

/** A name that two sites share names neither. */
const mustBeFree = (names: readonly string[], taken: readonly string[]): void => {
  if (names.some((name) => taken.includes(name))) throw new DirectoryError('DIRECTORY.FACILITY_NAME_EXISTS');
};
