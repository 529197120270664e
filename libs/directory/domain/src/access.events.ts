/**
 * Events of the directory. Each carries the full resulting state, so the head of its stream alone decides
 * (DESIGN.md, Streams). Ids are random; instants are ISO-8601 UTC.
 */
export interface Organization {
  readonly organizationId: string;
  readonly name: string;
  readonly category: string;
  readonly status: 'active' | 'closed';
}

export interface Agreement {
  readonly organizationId: string;
  readonly version: string;
  readonly signatory: string;
  readonly purposes: readonly string[];
  readonly startsAt: string;
  /** Exclusive. */
  readonly endsAt: string;
}

export interface Client {
  readonly clientId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'revoked';
  /** SHA-256 of the API key, hex. */
  readonly keyHash: string;
  readonly processingIds: readonly string[];
}

export interface Relationship {
  readonly organizationId: string;
  readonly personId: string;
  readonly registryId: string;
  readonly evidence: 'own-submission';
  readonly purposes: readonly string[];
  readonly startsAt: string;
  /** Exclusive. */
  readonly endsAt: string;
}

export type AccessEvent =
  | {
      readonly type: 'OrganizationEnrolled' | 'OrganizationClosed';
      readonly data: { readonly state: Organization };
    }
  | { readonly type: 'AgreementSigned' | 'AgreementEnded'; readonly data: { readonly state: Agreement } }
  | {
      readonly type: 'ClientRegistered' | 'ClientKeyRotated' | 'ClientRevoked';
      readonly data: { readonly state: Client };
    }
  | {
      readonly type: 'RelationshipStarted' | 'RelationshipRenewed';
      readonly data: { readonly state: Relationship };
    };

export const assertNever = (value: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
};
