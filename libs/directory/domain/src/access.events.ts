/**
 * Events of the directory. Each carries the full resulting state, so the head of its stream alone decides
 * (DESIGN.md, Streams). Ids are random; instants are ISO-8601 UTC, days `YYYY-MM-DD`.
 */
export interface Organization {
  readonly organizationId: string;
  readonly name: string;
  readonly category: string;
  readonly status: 'active' | 'closed' | 'acquired';
  readonly parentId?: string;
  /** Of a community health board: FIPS codes of its counties. */
  readonly jurisdiction?: readonly string[];
  /** Of status `acquired`; `on` is a legal day. */
  readonly acquired?: { readonly byOrganizationId: string; readonly on: string };
}

export interface Site {
  /** The registry's own code of the site: names its stream, so no two sites share one. */
  readonly code: string;
  readonly organizationId: string;
  readonly name: string;
  /** MSH-4 or RXA-11.4 values by which messages of the organization name it. */
  readonly facilityNames: readonly string[];
  readonly status: 'open' | 'closed';
}

export interface AgreementTerm {
  readonly version: string;
  readonly signatory: string;
  readonly purposes: readonly string[];
  readonly startsAt: string;
  /** Exclusive. */
  readonly endsAt: string;
  /** Absent: all sites of the organization. */
  readonly siteCodes?: readonly string[];
}

export interface Agreement extends AgreementTerm {
  readonly organizationId: string;
  /** Takes the place of the present term at its start. */
  readonly next?: AgreementTerm;
  /** The last renewal warning of the present term. */
  readonly renewalWarned?: { readonly days: number; readonly policy: string };
}

export interface ClientSettings {
  readonly name: string;
  readonly roles: readonly string[];
  readonly processingIds: readonly string[];
  /** Absent: `off`. */
  readonly protectionIndicator?: 'off' | 'cdc' | 'legacy';
  readonly limits?: { readonly requestsPerMinute?: number; readonly personsPerDay?: number };
  readonly actsForUsers?: boolean;
  /** Sites that it serves: of a record locked to a site it sees those alone. Absent: it serves the organization as a whole. */
  readonly siteCodes?: readonly string[];
}

export interface Client extends ClientSettings {
  readonly clientId: string;
  readonly organizationId: string;
  readonly status: 'active' | 'revoked';
  /** SHA-256 of the API key, hex. */
  readonly keyHash: string;
  /** Good until before `validUntil`. */
  readonly earlierKey?: { readonly keyHash: string; readonly validUntil: string };
}

export interface User {
  readonly userId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'deactivated';
}

export interface EvidenceItem {
  readonly kind: 'own-submission' | 'roster' | 'attestation' | 'residence';
  readonly purposes: readonly string[];
  readonly startsAt: string;
  /** Exclusive. */
  readonly endsAt: string;
  /** It was ended before its time: what was received before that end adds nothing. */
  readonly cutShort?: true;
}

export interface Relationship {
  readonly organizationId: string;
  readonly personId: string;
  /** Assigned by the first event, and kept whatever comes. */
  readonly registryId: string;
  /** None: ended. */
  readonly items: readonly EvidenceItem[];
  /** Of all items together. */
  readonly purposes: readonly string[];
  readonly startsAt: string;
  readonly endsAt: string;
  /** When it was last ended by command. */
  readonly ended?: { readonly at: string; readonly reason: string };
}

export type AccessEvent =
  | {
      readonly type:
        'OrganizationEnrolled' | 'OrganizationAmended' | 'OrganizationClosed' | 'OrganizationAcquired';
      readonly data: { readonly state: Organization };
    }
  | {
      readonly type: 'SiteOpened' | 'SiteAmended' | 'SiteClosed';
      readonly data: { readonly state: Site };
    }
  | {
      readonly type: 'AgreementSigned' | 'AgreementRenewed' | 'AgreementEnded' | 'AgreementRenewalDue';
      readonly data: { readonly state: Agreement };
    }
  | {
      readonly type:
        | 'ClientRegistered'
        | 'ClientAmended'
        | 'ClientKeyRotated'
        | 'ClientEarlierKeyRevoked'
        | 'ClientRevoked';
      readonly data: { readonly state: Client };
    }
  | {
      readonly type: 'UserEnrolled' | 'UserRolesChanged' | 'UserDeactivated';
      readonly data: { readonly state: User };
    }
  | {
      readonly type:
        | 'RelationshipStarted'
        | 'RelationshipEvidenceAdded'
        | 'RelationshipRenewed'
        | 'RelationshipEvidenceEnded'
        | 'RelationshipEnded';
      readonly data: { readonly state: Relationship };
    };

export const assertNever = (value: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
};

/** Do two states say the same? Properties are compared whatever their order. */
export const sameState = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
};
