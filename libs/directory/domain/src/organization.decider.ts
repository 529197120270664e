import { assertNever, sameState, type AccessEvent, type Organization } from './access.events.js';
import { DirectoryError } from './directory-error.js';
import { countyCodeOf } from './minnesota-counties.js';

/** What may change about an organization. Its category may not: what it may see hangs on it. */
export interface OrganizationDetails {
  readonly name: string;
  readonly parentId?: string;
  /** FIPS codes or names of counties; of community health boards only. */
  readonly jurisdiction?: readonly string[];
}

/** The organization above, looked up, and those above it, nearest first. */
export interface Parent {
  readonly organization: Organization | undefined;
  readonly ancestorIds: readonly string[];
}

export type OrganizationCommand =
  | {
      readonly type: 'EnrolOrganization';
      readonly organization: OrganizationDetails & Pick<Organization, 'organizationId' | 'category'>;
      /** Where `parentId` is given. */
      readonly parent?: Parent;
    }
  | { readonly type: 'AmendOrganization'; readonly details: OrganizationDetails; readonly parent?: Parent }
  | { readonly type: 'CloseOrganization' }
  | {
      readonly type: 'AcquireOrganization';
      readonly by: Organization | undefined;
      /** Legal days: of the acquisition, and today. */
      readonly on: string;
      readonly today: string;
    };

/** @param state the organization at its stream's head; undefined before its first event */
export const decideOrganization = (
  command: OrganizationCommand,
  state: Organization | undefined,
): AccessEvent[] => {
  if (command.type === 'EnrolOrganization') {
    if (state !== undefined) return [];
    const { organizationId, category, ...details } = command.organization;
    const enrolled = amended(
      { organizationId, category, name: '', status: 'active' },
      details,
      command.parent,
    );
    return [{ type: 'OrganizationEnrolled', data: { state: enrolled } }];
  }
  if (state === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
  switch (command.type) {
    case 'AmendOrganization': {
      mustBeActive(state);
      const next = amended(state, command.details, command.parent);
      return sameState(next, state) ? [] : [{ type: 'OrganizationAmended', data: { state: next } }];
    }
    case 'CloseOrganization':
      if (state.status === 'closed') return [];
      mustBeActive(state);
      return [{ type: 'OrganizationClosed', data: { state: { ...state, status: 'closed' } } }];
    case 'AcquireOrganization': {
      const { by, on, today } = command;
      if (by === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
      const next: Organization = {
        ...state,
        status: 'acquired',
        acquired: { byOrganizationId: by.organizationId, on },
      };
      if (sameState(next, state)) return [];
      mustBeActive(state);
      if (by.organizationId === state.organizationId)
        throw new DirectoryError('DIRECTORY.ACQUIRED_BY_ITSELF');
      mustBeActive(by);
      if (on > today) throw new DirectoryError('DIRECTORY.DATE_IN_FUTURE');
      return [{ type: 'OrganizationAcquired', data: { state: next } }];
    }
    default:
      return assertNever(command);
  }
};

/** @throws DirectoryError unless the organization is there and active */
export const activeOrganization = (organization: Organization | undefined): Organization => {
  if (organization === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
  mustBeActive(organization);
  return organization;
};

const mustBeActive = ({ status }: Organization): void => {
  if (status !== 'active') throw new DirectoryError('DIRECTORY.ORGANIZATION_CLOSED');
};

const amended = (
  { organizationId, category, status }: Organization,
  { name, parentId, jurisdiction }: OrganizationDetails,
  parent: Parent | undefined,
): Organization => {
  if (parentId !== undefined) {
    const { organizationId: above } = activeOrganization(parent?.organization);
    if ([above, ...(parent?.ancestorIds ?? [])].includes(organizationId))
      throw new DirectoryError('DIRECTORY.PARENT_OF_ITSELF');
  }
  return {
    organizationId,
    name,
    category,
    status,
    ...(parentId === undefined ? {} : { parentId }),
    ...(jurisdiction === undefined ? {} : { jurisdiction: countiesOf(category, jurisdiction) }),
  };
};

const countiesOf = (category: string, counties: readonly string[]): readonly string[] => {
  if (category !== 'community-health-board')
    throw new DirectoryError('DIRECTORY.NO_JURISDICTION_FOR_CATEGORY');
  const codes = counties.map((county) => {
    const code = countyCodeOf(county);
    if (code === undefined) throw new DirectoryError('DIRECTORY.COUNTY_NOT_KNOWN');
    return code;
  });
  return [...new Set(codes)].sort();
};
