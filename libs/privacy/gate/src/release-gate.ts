import { randomUUID } from 'node:crypto';
import type { RelationshipState } from '@registry/contracts';
import { RevisionConflict, type EventStore, type NewEvent } from '@registry/event-store';
import {
  decidePrivacy,
  type DisclosureAbortedData,
  type DisclosureEvent,
  type PrivacyCommand,
  type PrivacyState,
  type RecordDisclosedData,
} from '@registry/privacy-domain';
import { appendAtHead, type AppendedAtHead } from './append-at-head.js';
import { decideDisclosure, type Decision } from './decision.js';
import { DecisionHeads, type DecisionSubject } from './decision-heads.js';
import { MN_EXCHANGE_1, type DisclosurePolicy } from './disclosure-policy.js';
import { passed, systemGateClock, type GateClock } from './gate-clock.js';
import type { Inquiry, InquiryJournal } from './inquiry-journal.js';
import { PersonLanes } from './person-lane.js';
import type { PersonRecord, RecordSource, ReleasedRecord } from './person-record.js';
import { privacyStream, survivorOf, type PrivacyHead } from './privacy-head.js';
import { OutstandingReleases, startRelease, type Release } from './release.js';
import { unseal, type Sealed } from './sealed.js';

export interface GateOptions {
  readonly store: EventStore;
  readonly records: RecordSource;
  readonly journal: InquiryJournal;
  /**
   * Do other processes release from the same store? Then a setting change is acknowledged only when whatever they
   * decided before it can no longer leave.
   */
  readonly processes: 'one' | 'several';
  readonly clock?: GateClock;
  readonly policy?: DisclosurePolicy;
  /** Event ids of disclosures: random per attempt. */
  readonly newId?: () => string;
}

/** `personId` is the candidate, or a decoy that stands for nobody: both take the same way. */
export interface DisclosureRequest extends DecisionSubject {
  readonly inquiry: Inquiry;
}

/** `refused` is also the answer for a person who does not exist. `unavailable` is the uniform 503. */
export type DisclosureOutcome =
  | { readonly kind: 'released'; readonly release: Release }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unavailable' };

export interface SettingChangeOutcome {
  /** Whose setting it is: the person's own, or that of the survivor of its merges. */
  readonly personId: string;
  readonly settingRevision: number;
  /** False: the setting was so already, nothing was appended. */
  readonly changed: boolean;
}

/** A setting change that could not be committed within its deadline; nothing was acknowledged. */
export class SettingChangeUnavailable extends Error {
  readonly code = 'GATE.SETTING_CHANGE_UNAVAILABLE';
}

/** A request that is not decided within this is answered `unavailable`; a release not handed over within it is dropped. */
export const RELEASE_BOUND_MS = 1_000;
/** A setting change that is not committed within this fails. */
export const SETTING_CHANGE_DEADLINE_MS = 10_000;

/**
 * The release gate: the only way for person data to leave. A disclosure is committed into the person's privacy stream where
 * the setting is still the one that it was decided on, so locks and disclosures are ordered by one stream (docs/architecture.md).
 */
export class ReleaseGate {
  private readonly store: EventStore;
  private readonly records: RecordSource;
  private readonly journal: InquiryJournal;
  private readonly clock: GateClock;
  private readonly policy: DisclosurePolicy;
  private readonly newId: () => string;
  private readonly several: boolean;
  private readonly outstanding = new OutstandingReleases();
  private readonly lanes = new PersonLanes<PendingRead>((personId, reads) => this.answer(personId, reads));

  constructor(options: GateOptions) {
    this.store = options.store;
    this.records = options.records;
    this.journal = options.journal;
    this.clock = options.clock ?? systemGateClock;
    this.policy = options.policy ?? MN_EXCHANGE_1;
    this.newId = options.newId ?? randomUUID;
    this.several = options.processes === 'several';
  }

  /**
   * Decides, commits and releases one person's record to one requester, within `RELEASE_BOUND_MS`. Never rejects.
   * The inquiry is journaled whatever comes of it; nothing is answered before that is durable.
   */
  disclose(request: DisclosureRequest): Promise<DisclosureOutcome> {
    const inquiryId = this.newId();
    const deadline = this.clock.monotonic() + RELEASE_BOUND_MS;
    return new Promise((resolve) => {
      // A store that hangs, in the decision or in the journal, must not hold the requester: a release that comes later is
      // never handed over, and drops.
      const cancel = this.clock.after(RELEASE_BOUND_MS, () => resolve(UNAVAILABLE));
      void Promise.all([this.decided(request, inquiryId, deadline), this.journaled(request, inquiryId)]).then(
        ([outcome, journaled]) => {
          cancel();
          // Not journaled: whatever was committed is not handed over, and drops by itself.
          resolve(journaled ? outcome : UNAVAILABLE);
        },
      );
    });
  }

  /**
   * Would this read be permitted, if the organization served the person? For an attestation, which must start no relationship where the answer
   * will be no. Decides nothing: the read itself is decided anew. Takes the same calls for everybody, nobody included.
   * @throws StoreUnavailable @throws PrivacyStreamUnreadable
   */
  async wouldPermit(subject: DecisionSubject): Promise<boolean> {
    const heads = await DecisionHeads.read(this.store, subject.personId, [subject]);
    const at = this.clock.now();
    const facts = heads.factsOf(subject, at.toISOString());
    const { organizationId } = subject.requester;
    const served: RelationshipState = {
      organizationId,
      personId: subject.personId,
      registryId: '',
      purposes: [subject.purpose],
      startsAt: at.toISOString(),
      endsAt: new Date(at.getTime() + RELEASE_BOUND_MS).toISOString(),
      evidence: 'own-submission',
    };
    return decideDisclosure({ ...facts, relationship: served }, this.policy).permit;
  }

  private decided(
    request: DisclosureRequest,
    inquiryId: string,
    deadline: number,
  ): Promise<DisclosureOutcome> {
    return new Promise((resolve) =>
      this.lanes.read(request.personId, { request, inquiryId, deadline, resolve }),
    );
  }

  private async journaled(request: DisclosureRequest, inquiryId: string): Promise<boolean> {
    try {
      await this.journal.append(request, inquiryId);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Changes a person's setting and resolves when no release that it forbids can leave any more, in any process.
   * @throws SettingChangeUnavailable @throws PrivacyError when the rules refuse the command
   */
  async changeSetting(
    personId: string,
    command: PrivacyCommand,
    metadata: NewEvent['metadata'],
    eventId: string,
  ): Promise<SettingChangeOutcome> {
    let target = personId;
    for (;;) {
      const { head, revision } = await this.commit(target, eventId, ({ state }) => {
        if (state.status === 'follows') return undefined;
        const [event] = decidePrivacy(command, state);
        return event === undefined ? undefined : { ...event, metadata };
      });
      if (revision === undefined && head.state.status === 'follows') {
        // Merged, perhaps just now: the survivor's setting is the one that counts.
        target = await survivorOf(this.store, target);
        continue;
      }
      await this.settled(target);
      const settingRevision = revision ?? settingRevisionOf(head.state);
      return { personId: target, settingRevision, changed: revision !== undefined };
    }
  }

  /**
   * Appends to a person's privacy stream, alone in the person's lane, what `eventOn` makes of the head; nothing if it makes nothing. Does
   * not wait for releases: see `settled`.
   * @throws SettingChangeUnavailable @throws what `eventOn` throws
   */
  async commit(
    personId: string,
    eventId: string,
    eventOn: (head: PrivacyHead) => Omit<NewEvent, 'id'> | undefined,
  ): Promise<AppendedAtHead> {
    const deadline = this.clock.monotonic() + SETTING_CHANGE_DEADLINE_MS;
    const appended = await this.inTime(
      this.lanes.change(personId, () => this.appendAtHead(personId, eventId, deadline, eventOn)),
    );
    if (appended === undefined) throw new SettingChangeUnavailable();
    return appended;
  }

  /** A lane or a store that hangs must not hold whoever changes the setting; what is then still under way is not acknowledged. */
  private inTime<T>(commit: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(SETTING_CHANGE_DEADLINE_MS, () =>
        reject(new SettingChangeUnavailable()),
      );
      commit.finally(cancel).then(resolve, reject);
    });
  }

  private appendAtHead(
    personId: string,
    eventId: string,
    deadline: number,
    eventOn: Parameters<typeof appendAtHead>[5],
  ): Promise<AppendedAtHead | undefined> {
    return appendAtHead(this.store, this.clock, personId, eventId, deadline, eventOn);
  }

  /** Resolves when whatever was decided about this person before can no longer leave, in any process. */
  async settled(personId: string): Promise<void> {
    const elsewhere = this.several ? passed(this.clock, RELEASE_BOUND_MS) : undefined;
    await this.outstanding.drained(personId);
    await elsewhere;
  }

  /** Answers the reads that wait together; returns those that met a conflict and go again. */
  private async answer(personId: string, reads: readonly PendingRead[]): Promise<readonly PendingRead[]> {
    const decidedAt = this.clock.monotonic();
    const inTime = reads.filter((read) => {
      if (decidedAt < read.deadline) return true;
      read.resolve(UNAVAILABLE);
      return false;
    });
    if (inTime.length === 0) return [];
    try {
      return await this.decideAndCommit(personId, inTime, decidedAt);
    } catch {
      // Fail closed, and alike whatever failed: the cause must not tell that the person exists.
      for (const read of inTime) read.resolve(UNAVAILABLE);
      return [];
    }
  }

  private async decideAndCommit(
    personId: string,
    reads: readonly PendingRead[],
    decidedAt: number,
  ): Promise<readonly PendingRead[]> {
    const heads = await DecisionHeads.read(
      this.store,
      personId,
      reads.map((read) => read.request),
    );
    const { privacy: head } = heads;
    const at = this.clock.now().toISOString();
    const permitted: PermittedRead[] = [];
    for (const read of reads) {
      const decision = decideDisclosure(heads.factsOf(read.request, at), this.policy);
      if (decision.permit) permitted.push({ ...read, decision });
      else read.resolve(REFUSED);
    }
    if (permitted.length === 0 || head.revision === undefined || head.state.status !== 'opened') return [];

    const stored = await this.records.load(personId);
    const { settingRevision, linksRevision } = head.state;
    if (stored === undefined || stored.linksRevision < (linksRevision ?? stored.linksRevision)) {
      // None, or one from before an un-merge, which would show the other's.
      for (const read of permitted) read.resolve(stored === undefined ? REFUSED : UNAVAILABLE);
      return [];
    }
    try {
      await this.store.append(
        privacyStream(personId),
        { after: head.revision, over: DISCLOSING },
        permitted.map((read) => this.disclosureEvent(read, at, settingRevision, heads)),
      );
    } catch (error) {
      // Only a conflict proves that nothing was committed. An append of unknown outcome releases nothing and is never
      // retried: a retry could succeed idempotently after the stream has moved on.
      if (error instanceof RevisionConflict) return permitted;
      throw error;
    }
    for (const read of permitted) {
      const id = read.request.answeredAs?.registryId ?? read.decision.registryId;
      const record = permittedFields(stored.record, read.decision, id);
      read.resolve({ kind: 'released', release: this.release(read, record, settingRevision, decidedAt) });
    }
    return [];
  }

  private disclosureEvent(
    read: PermittedRead,
    decidedAt: string,
    settingRevision: number,
    heads: DecisionHeads,
  ): NewEvent {
    const { requester, purpose, knownAs, answeredAs } = read.request;
    const data: RecordDisclosedData = {
      settingRevision,
      inquiryId: read.inquiryId,
      clientId: requester.clientId,
      organizationId: requester.organizationId,
      ...(requester.userId === undefined ? {} : { userId: requester.userId }),
      purpose,
      policy: read.decision.policy,
      fields: read.decision.fields,
      decidedAt,
      ...(knownAs === undefined ? {} : { knownAs }),
      ...(answeredAs === undefined ? {} : { answeredAs: answeredAs.personId }),
      decidedOn: heads.decidedOn(read.request),
    };
    return {
      id: this.newId(),
      type: 'RecordDisclosed',
      data,
      metadata: { schemaVersion: 1, actor: requester.clientId },
    };
  }

  private release(
    read: PermittedRead,
    record: ReleasedRecord,
    settingRevision: number,
    decidedAt: number,
  ): Release {
    const { inquiryId } = read;
    const { personId } = read.request;
    const { release, done } = startRelease(this.clock, decidedAt + RELEASE_BOUND_MS, record, () => {
      void this.recordAborted(personId, inquiryId, settingRevision);
    });
    this.outstanding.add(personId, done);
    return release;
  }

  /** Best effort within the bound of a setting change: the disclosure stays in the history in any case, as possibly seen. */
  private async recordAborted(personId: string, inquiryId: string, settingRevision: number): Promise<void> {
    const id = this.newId();
    const deadline = this.clock.monotonic() + SETTING_CHANGE_DEADLINE_MS;
    await this.lanes.note(personId, async () => {
      try {
        await this.appendAtHead(personId, id, deadline, ({ state }) => {
          // Nothing comes after `SettingFollows`: its head says whom to go on with.
          if (state.status === 'follows') return undefined;
          return {
            type: 'DisclosureAborted',
            data: {
              settingRevision: state.status === 'opened' ? state.settingRevision : settingRevision,
              inquiryId,
              reason: 'late',
            } satisfies DisclosureAbortedData,
            metadata: { schemaVersion: 1 },
          };
        });
      } catch {
        // What cannot be read cannot be appended to either.
      }
    });
  }
}

interface PendingRead {
  readonly request: DisclosureRequest;
  readonly inquiryId: string;
  readonly deadline: number;
  readonly resolve: (outcome: DisclosureOutcome) => void;
}

interface PermittedRead extends PendingRead {
  readonly decision: Extract<Decision, { permit: true }>;
}

const settingRevisionOf = (state: PrivacyState): number =>
  state.status === 'unopened' ? 0 : state.settingRevision;

/**
 * What may come between a decision and its disclosure: whoever else reads the person. The setting, on which it was decided, is the same after
 * any number of these.
 */
const DISCLOSING = [
  'RecordDisclosed',
  'DisclosureAborted',
] as const satisfies readonly DisclosureEvent['type'][];

const REFUSED: DisclosureOutcome = { kind: 'refused' };
const UNAVAILABLE: DisclosureOutcome = { kind: 'unavailable' };

const permittedFields = (
  sealed: Sealed<PersonRecord>,
  decision: Extract<Decision, { permit: true }>,
  id: string,
): ReleasedRecord => {
  const record = unseal(sealed);
  const released = Object.fromEntries(decision.fields.map((field) => [field, record[field]]));
  return { id, ...released };
};
