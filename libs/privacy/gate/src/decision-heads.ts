import {
  accessStreams,
  AgreementState,
  ClientState,
  OrganizationState,
  RelationshipState,
  UserState,
  validatorOf,
  type PurposeOfUse,
} from '@registry/contracts';
import type { EventStore, RecordedEvent } from '@registry/event-store';
import type { RecordDisclosedData } from '@registry/privacy-domain';
import type { DecisionFacts, Requester } from './decision.js';
import { followingBy, privacyStream, resolvePrivacyHead, type PrivacyHead } from './privacy-head.js';

/** What decides about one read, apart from the time. */
export interface DecisionSubject {
  readonly requester: Requester;
  readonly purpose: PurposeOfUse;
  readonly personId: string;
  /** A person merged into this one, whom the requester's organization serves; absent: this one. */
  readonly knownAs?: string | undefined;
  /** The part of the person whose id the answer carries, and that id; absent: that of the relationship that is decided on. */
  readonly answeredAs?: { readonly personId: string; readonly registryId: string } | undefined;
}

/** The heads that the reads of one person, waiting together, are decided on. */
export class DecisionHeads {
  private constructor(
    readonly privacy: PrivacyHead,
    private readonly heads: ReadonlyMap<string, RecordedEvent>,
  ) {}

  /**
   * One call for all heads, one for the setting: the same for every form of request and every outcome.
   * @throws StoreUnavailable @throws PrivacyStreamUnreadable
   */
  static async read(
    store: EventStore,
    personId: string,
    subjects: readonly DecisionSubject[],
  ): Promise<DecisionHeads> {
    const names = [...new Set([privacyStream(personId), ...subjects.flatMap(accessStreamsOf)])];
    const events = await store.heads(names);
    const heads = new Map<string, RecordedEvent>();
    for (const [index, name] of names.entries()) {
      const event = events[index];
      if (event !== undefined) heads.set(name, event);
    }
    return new DecisionHeads(
      await resolvePrivacyHead(store, personId, heads.get(privacyStream(personId))),
      heads,
    );
  }

  factsOf(subject: DecisionSubject, at: string): DecisionFacts {
    const { requester, purpose, personId, knownAs } = subject;
    const answeredAs = otherPartOf(subject);
    const { clientId, organizationId, userId } = requester;
    return {
      requester,
      purpose,
      personId,
      at,
      client: this.stateAt(accessStreams.client(clientId), readClient),
      ...(userId === undefined ? {} : { user: this.stateAt(accessStreams.user(userId), readUser) }),
      organization: this.stateAt(accessStreams.organization(organizationId), readOrganization),
      agreement: this.stateAt(accessStreams.agreement(organizationId), readAgreement),
      ...(knownAs === undefined ? {} : { knownAs: { personId: knownAs, follows: this.survivorOf(knownAs) } }),
      ...(answeredAs === undefined
        ? {}
        : { answeredAs: { personId: answeredAs, follows: this.survivorOf(answeredAs) } }),
      relationship: this.stateAt(
        accessStreams.relationship(organizationId, knownAs ?? personId),
        readRelationship,
      ),
      privacy: this.privacy.state,
    };
  }

  /** The heads that the subject was decided on, for whoever decides again later. */
  decidedOn(subject: DecisionSubject): RecordDisclosedData['decidedOn'] {
    return accessStreamsOf(subject)
      .filter((stream) => stream !== NOT_MERGED && stream !== NOT_ASKED)
      .map((stream) => ({ stream, revision: this.heads.get(stream)?.revision ?? -1 }));
  }

  private survivorOf(personId: string): string | undefined {
    const head = this.heads.get(privacyStream(personId));
    return head && followingBy(head)?.survivorId;
  }

  /** A state that is not wholly understood counts as none: default deny. */
  private stateAt<State>(stream: string, read: (state: unknown) => State): State | undefined {
    const head = this.heads.get(stream);
    if (head === undefined || head.metadata.schemaVersion !== 1) return undefined;
    try {
      return read(head.data['state']);
    } catch {
      return undefined;
    }
  }
}

const readClient = validatorOf('ClientState', ClientState);
const readUser = validatorOf('UserState', UserState);
const readOrganization = validatorOf('OrganizationState', OrganizationState);
const readAgreement = validatorOf('AgreementState', AgreementState);
const readRelationship = validatorOf('RelationshipState', RelationshipState);

/** Nobody's streams. */
const NOT_MERGED = privacyStream('00000000-0000-4000-8000-000000000000');
const NOT_ASKED = privacyStream('00000000-0000-4000-8000-000000000001');

/** The part whose id the answer carries, if it is neither the person itself nor the one whose relationship is decided on. */
const otherPartOf = ({ personId, knownAs, answeredAs }: DecisionSubject): string | undefined =>
  answeredAs === undefined || answeredAs.personId === personId || answeredAs.personId === knownAs
    ? undefined
    : answeredAs.personId;

const accessStreamsOf = (subject: DecisionSubject): readonly string[] => {
  const { requester, personId, knownAs } = subject;
  const answeredAs = otherPartOf(subject);
  return [
    accessStreams.client(requester.clientId),
    accessStreams.organization(requester.organizationId),
    accessStreams.agreement(requester.organizationId),
    accessStreams.relationship(requester.organizationId, knownAs ?? personId),
    // Two for each request, merged or not: the number of heads is the same.
    knownAs === undefined ? NOT_MERGED : privacyStream(knownAs),
    answeredAs === undefined ? NOT_ASKED : privacyStream(answeredAs),
    // Read with the others, in the one call; so the disclosure names the user too.
    ...(requester.userId === undefined ? [] : [accessStreams.user(requester.userId)]),
  ];
};
