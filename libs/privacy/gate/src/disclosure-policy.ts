import type { OrganizationCategory, PurposeOfUse } from '@registry/contracts';
import type { RecordField } from './person-record.js';

/** What a purpose gets, under the statute's ceiling: policy data with a version and an effective date (DOMAIN 2.1). */
export interface DisclosurePolicy {
  readonly name: string;
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Purposes that a category of organization may state at all. */
  readonly purposes: Readonly<Record<OrganizationCategory, readonly PurposeOfUse[]>>;
  readonly fields: Readonly<Record<PurposeOfUse, readonly RecordField[]>>;
}

const CLINICAL: readonly RecordField[] = [
  'name',
  'birthDate',
  'sex',
  'addresses',
  'guardians',
  'doses',
  'indications',
];
const WITHOUT_ADDRESS: readonly RecordField[] = [
  'name',
  'birthDate',
  'sex',
  'guardians',
  'doses',
  'indications',
];

export const MN_EXCHANGE_1: DisclosurePolicy = {
  name: 'mn-exchange-1',
  version: '1',
  effective: '2026-01-01',
  purposes: {
    provider: ['treatment'],
    'group-purchaser': ['coverage'],
    school: ['school'],
    'child-care': ['childcare'],
    postsecondary: ['postsecondary'],
    'community-health-board': ['reminder', 'outbreak', 'assessment'],
    'community-action-agency': ['client-service'],
    // The commissioner never browses: no treatment, no school.
    commissioner: ['reminder', 'outbreak', 'assessment'],
    'registry-operations': [],
  },
  fields: {
    treatment: CLINICAL,
    school: WITHOUT_ADDRESS,
    childcare: WITHOUT_ADDRESS,
    postsecondary: WITHOUT_ADDRESS,
    coverage: WITHOUT_ADDRESS,
    'client-service': WITHOUT_ADDRESS,
    reminder: CLINICAL,
    outbreak: CLINICAL,
    assessment: CLINICAL,
  },
};
