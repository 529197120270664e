import type { ClientRole, OrganizationCategory, PurposeOfUse } from '@registry/contracts';
import type { SiteDetails } from '@registry/directory-domain';

/** Keys of the demonstration clients, as the README lists them. Worth nothing as secrets, and seeded only with `REGISTRY_DEMO=1`. */
export const DEMO_KEYS = {
  administrator: 'demo-administrator',
  lakesideClinic: 'demo-lakeside-clinic',
  prairieClinic: 'demo-prairie-clinic',
  school: 'demo-school',
  helpDesk: 'demo-help-desk',
  secondHelpDesk: 'demo-help-desk-2',
  auditor: 'demo-auditor',
  healthBoard: 'demo-health-board',
  childCare: 'demo-child-care',
  insurer: 'demo-insurer',
  vitalRecords: 'demo-vital-records',
} as const;

export const DEMO_AGREEMENT_TERM = {
  startsAt: '2020-01-01T00:00:00Z',
  endsAt: '2099-01-01T00:00:00Z',
} as const;

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly category: OrganizationCategory;
  readonly jurisdiction?: readonly string[];
  readonly purposes: readonly PurposeOfUse[];
  readonly sites?: readonly (SiteDetails & { readonly code: string })[];
  readonly clients: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly ClientRole[];
    readonly key: string;
  }[];
}

const id = (number: number): string => `d0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const DEMO_ORGANIZATIONS: readonly DemoOrganization[] = [
  {
    id: id(1),
    name: 'Lakeside Clinic',
    category: 'provider',
    purposes: ['treatment'],
    sites: [{ code: 'LAKE01', name: 'Lakeside Clinic Duluth', facilityNames: ['LAKE', 'LAKESIDE'] }],
    clients: [
      {
        id: id(11),
        name: 'Lakeside EHR',
        roles: ['submitter', 'reader'],
        key: DEMO_KEYS.lakesideClinic,
      },
    ],
  },
  {
    id: id(2),
    name: 'Prairie Clinic',
    category: 'provider',
    purposes: ['treatment'],
    clients: [
      {
        id: id(12),
        name: 'Prairie EHR',
        roles: ['submitter', 'reader'],
        key: DEMO_KEYS.prairieClinic,
      },
    ],
  },
  {
    id: id(3),
    name: 'Riverside Elementary School',
    category: 'school',
    purposes: ['school'],
    clients: [{ id: id(13), name: 'School nurse', roles: ['roster', 'reader'], key: DEMO_KEYS.school }],
  },
  {
    id: id(4),
    name: 'Registry help desk and audit',
    category: 'registry-operations',
    purposes: [],
    clients: [
      { id: id(14), name: 'Help desk', roles: ['help-desk'], key: DEMO_KEYS.helpDesk },
      { id: id(20), name: 'Help desk, second', roles: ['help-desk'], key: DEMO_KEYS.secondHelpDesk },
      { id: id(15), name: 'Auditor', roles: ['auditor'], key: DEMO_KEYS.auditor },
    ],
  },
  {
    id: id(5),
    name: 'North Shore Community Health Board',
    category: 'community-health-board',
    jurisdiction: ['Cook', 'Lake', 'St. Louis'],
    purposes: ['reminder', 'outbreak', 'assessment'],
    clients: [{ id: id(16), name: 'Public health nurse', roles: ['reader'], key: DEMO_KEYS.healthBoard }],
  },
  {
    id: id(6),
    name: 'Little Pines Child Care',
    category: 'child-care',
    purposes: ['childcare'],
    clients: [
      { id: id(17), name: 'Child care office', roles: ['roster', 'reader'], key: DEMO_KEYS.childCare },
    ],
  },
  {
    id: id(7),
    name: 'North Star Health Plan',
    category: 'group-purchaser',
    purposes: ['coverage'],
    clients: [
      { id: id(18), name: 'Plan quality system', roles: ['roster', 'reader'], key: DEMO_KEYS.insurer },
    ],
  },
  {
    id: id(8),
    name: 'Office of Vital Records',
    category: 'registry-operations',
    purposes: [],
    clients: [
      { id: id(19), name: 'Vital records system', roles: ['vital-records'], key: DEMO_KEYS.vitalRecords },
    ],
  },
];
