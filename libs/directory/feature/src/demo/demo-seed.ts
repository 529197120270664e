import type { ClientRole, OrganizationCategory, PurposeOfUse } from '@registry/contracts';

/** Keys of the demonstration clients, as the README lists them. Worth nothing as secrets, and seeded only with `REGISTRY_DEMO=1`. */
export const DEMO_KEYS = {
  administrator: 'demo-administrator',
  lakesideClinic: 'demo-lakeside-clinic',
  prairieClinic: 'demo-prairie-clinic',
  school: 'demo-school',
  helpDesk: 'demo-help-desk',
  auditor: 'demo-auditor',
} as const;

export const DEMO_AGREEMENT_TERM = {
  startsAt: '2020-01-01T00:00:00Z',
  endsAt: '2099-01-01T00:00:00Z',
} as const;

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly category: OrganizationCategory;
  readonly purposes: readonly PurposeOfUse[];
  readonly clients: readonly {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly ClientRole[];
    readonly key: string;
  }[];
}

export const DEMO_ORGANIZATIONS: readonly DemoOrganization[] = [
  {
    id: 'd0000000-0000-4000-8000-000000000001',
    name: 'Lakeside Clinic',
    category: 'provider',
    purposes: ['treatment'],
    clients: [
      {
        id: 'd0000000-0000-4000-8000-000000000011',
        name: 'Lakeside EHR',
        roles: ['submitter', 'reader'],
        key: DEMO_KEYS.lakesideClinic,
      },
    ],
  },
  {
    id: 'd0000000-0000-4000-8000-000000000002',
    name: 'Prairie Clinic',
    category: 'provider',
    purposes: ['treatment'],
    clients: [
      {
        id: 'd0000000-0000-4000-8000-000000000012',
        name: 'Prairie EHR',
        roles: ['submitter', 'reader'],
        key: DEMO_KEYS.prairieClinic,
      },
    ],
  },
  {
    id: 'd0000000-0000-4000-8000-000000000003',
    name: 'Riverside Elementary School',
    category: 'school',
    purposes: ['school'],
    clients: [
      {
        id: 'd0000000-0000-4000-8000-000000000013',
        name: 'School nurse',
        roles: ['reader'],
        key: DEMO_KEYS.school,
      },
    ],
  },
  {
    id: 'd0000000-0000-4000-8000-000000000004',
    name: 'Registry help desk and audit',
    category: 'registry-operations',
    purposes: [],
    clients: [
      {
        id: 'd0000000-0000-4000-8000-000000000014',
        name: 'Help desk',
        roles: ['help-desk'],
        key: DEMO_KEYS.helpDesk,
      },
      {
        id: 'd0000000-0000-4000-8000-000000000015',
        name: 'Auditor',
        roles: ['auditor'],
        key: DEMO_KEYS.auditor,
      },
    ],
  },
];
