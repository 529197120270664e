import { setTimeout as pause } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { KEY_RING, type KeyRing } from '@registry/content-keys';
import { accessStreams, evidenceOf, type PurposeOfUse, type RelationshipState } from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import { ReleaseGate, type DisclosureOutcome } from '@registry/privacy-gate';
import { keyOfName } from '../record/search-keys.js';
import { QUERY_READ_MODEL } from '../record/records.module.js';
import { AttestationJournal } from './attestation-journal.js';
import { AttestedCandidates } from './attested-candidates.js';
import type { AttestDto } from './person.dto.js';
import { PersonLimit } from './person-limit.js';
import { decoyFor, requesterOf } from './read-person.query.js';

/** A read of somebody whom the provider attests that it serves. */
export class AttestPerson {
  constructor(
    readonly terms: AttestDto,
    readonly purpose: PurposeOfUse,
    readonly caller: Caller,
  ) {}
}

/** How long the relationship may take to start, which the directory does. */
const RELATIONSHIP_WAIT_MS = 2_000;
const POLL_MS = 10;

/**
 * The attestation is made first, the directory starts the relationship by it, and then the gate decides as for any other read. Nobody found and
 * somebody hidden make the same calls: the candidate is looked for among visible persons, and the setting is read before the attestation counts.
 */
@QueryHandler(AttestPerson)
export class AttestPersonHandler implements IQueryHandler<AttestPerson, DisclosureOutcome> {
  private readonly candidates: AttestedCandidates;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(QUERY_READ_MODEL) readModel: ReadModel,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    private readonly gate: ReleaseGate,
    private readonly limit: PersonLimit,
    private readonly journal: AttestationJournal,
  ) {
    this.candidates = new AttestedCandidates(readModel);
  }

  async execute({ terms, purpose, caller }: AttestPerson): Promise<DisclosureOutcome> {
    const { organizationId } = caller;
    const question = JSON.stringify([keyOfName(terms.name), terms.knows]);
    await this.limit.admit(caller, 'search', question);
    await this.limit.admit(caller, 'attest', question);
    const decoy = decoyFor(this.keys, organizationId, question);
    const candidate = (await this.candidates.find(organizationId, terms)) ?? decoy;
    const requester = requesterOf(caller);
    // Who may not attest is told as little as of nobody, and starts no relationship.
    const mayAttest =
      purpose === 'treatment' && (await this.gate.wouldPermit({ requester, purpose, personId: candidate }));
    const found = mayAttest && candidate !== decoy ? candidate : undefined;
    await this.journal.append(caller, found);
    if (found !== undefined) await this.relationshipWith(organizationId, found);
    return this.gate.disclose({
      requester,
      purpose,
      personId: found ?? decoy,
      inquiry: { form: 'search', terms: [question] },
    });
  }

  /** Resolves when the relationship that the attestation starts or renews is in force, or after a while. */
  private async relationshipWith(organizationId: string, personId: string): Promise<void> {
    const stream = accessStreams.relationship(organizationId, personId);
    for (const until = performance.now() + RELATIONSHIP_WAIT_MS; performance.now() < until;) {
      const [head] = await this.store.heads([stream]);
      const state = head?.data['state'] as RelationshipState | undefined;
      const now = Date.now();
      if (state !== undefined && evidenceOf(state).some(({ endsAt }) => Date.parse(endsAt) > now)) return;
      await pause(POLL_MS);
    }
  }
}
