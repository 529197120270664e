import { randomUUID } from 'node:crypto';
import {
  accessStreams,
  type AgreementState,
  type ClientState,
  type OrganizationState,
  type PurposeOfUse,
  type RelationshipState,
} from '@registry/contracts';
import {
  AppendOutcomeUnknown,
  RevisionConflict,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '@registry/event-store';
import { decidePrivacy, type PrivacyCommand, type RecordDisclosedData } from '@registry/privacy-domain';
import { decideDisclosure, type Decision, type Requester } from './decision.js';
import { MN_EXCHANGE_1, type DisclosurePolicy } from './disclosure-policy.js';
import { systemGateClock, type GateClock } from './gate-clock.js';
import type { Inquiry, InquiryJournal } from './inquiry-journal.js';
import { PersonLanes } from './person-lane.js';
import type { PersonRecord, RecordSource, ReleasedRecord } from './person-record.js';
import { privacyStream, readPrivacyHead, resolvePrivacyHead, type PrivacyHead } from './privacy-head.js';
import { OutstandingReleases, type Release } from './release.js';
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

export interface DisclosureRequest {
  readonly requester: Requester;
  readonly purpose: PurposeOfUse;
  /** The candidate, or a decoy that stands for nobody: both take the same way. */
  readonly personId: string;
  readonly inquiry: Inquiry;
}

/** `refused` is also the answer for a person who does not exist. `unavailable` is the uniform 503. */
export type DisclosureOutcome =
  | { readonly kind: 'released'; readonly release: Release }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unavailable' };

export interface SettingChangeOutcome {
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
const SETTING_CHANGE_DEADLINE_MS = 10_000;

/**
 * The release gate: the only way for person data to leave. A disclosure is committed into the person's privacy stream at
 * the revision that it was decided on, so locks and disclosures are ordered by one stream (docs/architecture.md).
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
  async disclose(request: DisclosureRequest): Promise<DisclosureOutcome> {
    const inquiryId = this.newId();
    const [outcome, journaled] = await Promise.all([
      this.decideInTime(request, inquiryId),
      this.journal.append(request, inquiryId).then(
        () => true,
        () => false,
      ),
    ]);
    // Not journaled: whatever was committed is not handed over, and drops by itself.
    return journaled ? outcome : UNAVAILABLE;
  }

  private decideInTime(request: DisclosureRequest, inquiryId: string): Promise<DisclosureOutcome> {
    return new Promise((resolve) => {
      const deadline = this.clock.monotonic() + RELEASE_BOUND_MS;
      // A store that hangs must not hold the requester: a release that comes later is never handed over, and drops.
      const cancel = this.clock.after(RELEASE_BOUND_MS, () => resolve(UNAVAILABLE));
      const answer = (outcome: DisclosureOutcome) => {
        cancel();
        resolve(outcome);
      };
      this.lanes.read(request.personId, { request, inquiryId, deadline, resolve: answer });
    });
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
    const deadline = this.clock.monotonic() + SETTING_CHANGE_DEADLINE_MS;
    const outcome = await this.lanes.change(personId, () =>
      this.commitChange(personId, command, metadata, eventId, deadline),
    );
    await this.settled(personId);
    return outcome;
  }

  private async commitChange(
    personId: string,
    command: PrivacyCommand,
    metadata: NewEvent['metadata'],
    eventId: string,
    deadline: number,
  ): Promise<SettingChangeOutcome> {
    while (this.clock.monotonic() < deadline) {
      try {
        const head = await readPrivacyHead(this.store, personId);
        const [event] = decidePrivacy(command, head.state);
        if (event === undefined) {
          return {
            settingRevision: head.state.status === 'opened' ? head.state.settingRevision : 0,
            changed: false,
          };
        }
        const { revision } = await this.store.append(privacyStream(personId), head.revision ?? 'none', [
          { id: eventId, type: event.type, data: event.data, metadata },
        ]);
        return { settingRevision: revision, changed: true };
      } catch (error) {
        // A conflict with a disclosure: go again at the new head. An append of unknown outcome: the new head tells, and
        // the decision on it is empty if the change stands.
        if (!isContention(error)) throw error;
        if (!(error instanceof RevisionConflict)) await this.pause(RETRY_PAUSE_MS);
      }
    }
    throw new SettingChangeUnavailable();
  }

  private async settled(personId: string): Promise<void> {
    const elsewhere = this.several ? this.pause(RELEASE_BOUND_MS) : undefined;
    await this.outstanding.drained(personId);
    await elsewhere;
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(milliseconds, resolve));
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
    const { head, heads } = await this.readHeads(personId, reads);
    const permitted: PermittedRead[] = [];
    for (const read of reads) {
      const decision = this.decide(read.request, head, heads);
      if (decision.permit) permitted.push({ ...read, decision });
      else read.resolve(REFUSED);
    }
    if (permitted.length === 0 || head.revision === undefined || head.state.status !== 'opened') return [];

    const sealed = await this.records.load(personId);
    if (sealed === undefined) {
      for (const read of permitted) read.resolve(REFUSED);
      return [];
    }
    const { settingRevision } = head.state;
    try {
      await this.store.append(
        privacyStream(personId),
        head.revision,
        permitted.map((read) => this.disclosureEvent(read, settingRevision, heads)),
      );
    } catch (error) {
      // Only a conflict proves that nothing was committed. An append of unknown outcome releases nothing and is never
      // retried: a retry could succeed idempotently after the stream has moved on.
      if (error instanceof RevisionConflict) return permitted;
      throw error;
    }
    for (const read of permitted) {
      const record = permittedFields(sealed, read.decision);
      read.resolve({ kind: 'released', release: this.release(read, record, settingRevision, decidedAt) });
    }
    return [];
  }

  /** One call for all heads, one for the setting: the same for every form of request and every outcome. */
  private async readHeads(personId: string, reads: readonly PendingRead[]) {
    const streams = new Set([privacyStream(personId)]);
    for (const { request } of reads) for (const stream of streamsOf(request)) streams.add(stream);
    const names = [...streams];
    const events = await this.store.heads(names);
    const heads = new Map<string, RecordedEvent>();
    for (const [index, name] of names.entries()) {
      const event = events[index];
      if (event !== undefined) heads.set(name, event);
    }
    const head = await resolvePrivacyHead(this.store, personId, heads.get(privacyStream(personId)));
    return { head, heads };
  }

  private decide(request: DisclosureRequest, head: PrivacyHead, heads: Heads): Decision {
    const { requester, purpose, personId } = request;
    const stateAt = <State>(stream: string) => heads.get(stream)?.data['state'] as State | undefined;
    return decideDisclosure(
      {
        requester,
        purpose,
        at: this.clock.now().toISOString(),
        client: stateAt<ClientState>(accessStreams.client(requester.clientId)),
        organization: stateAt<OrganizationState>(accessStreams.organization(requester.organizationId)),
        agreement: stateAt<AgreementState>(accessStreams.agreement(requester.organizationId)),
        relationship: stateAt<RelationshipState>(
          accessStreams.relationship(requester.organizationId, personId),
        ),
        privacy: head.state,
      },
      this.policy,
    );
  }

  private disclosureEvent(read: PermittedRead, settingRevision: number, heads: Heads): NewEvent {
    const { requester, purpose } = read.request;
    const data: RecordDisclosedData = {
      settingRevision,
      inquiryId: read.inquiryId,
      clientId: requester.clientId,
      organizationId: requester.organizationId,
      purpose,
      policy: read.decision.policy,
      fields: read.decision.fields,
      decidedOn: streamsOf(read.request).map((stream) => ({
        stream,
        revision: heads.get(stream)?.revision ?? -1,
      })),
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
    const leaveBy = decidedAt + RELEASE_BOUND_MS;
    let state: 'under-way' | 'handed-over' | 'dropped' = 'under-way';
    let finish: () => void = () => undefined;
    this.outstanding.add(personId, new Promise((resolve) => (finish = resolve)));
    const drop = () => {
      if (state !== 'under-way') return;
      state = 'dropped';
      finish();
      void this.recordAborted(personId, inquiryId, settingRevision);
    };
    const cancel = this.clock.after(Math.max(0, leaveBy - this.clock.monotonic()), drop);
    return {
      record,
      handOver: () => {
        if (state === 'under-way' && this.clock.monotonic() >= leaveBy) drop();
        if (state !== 'under-way') return false;
        state = 'handed-over';
        cancel();
        finish();
        return true;
      },
    };
  }

  /** Best effort within the bound of a setting change: the disclosure stays in the history in any case, as possibly seen. */
  private async recordAborted(personId: string, inquiryId: string, settingRevision: number): Promise<void> {
    const id = this.newId();
    await this.lanes.change(personId, async () => {
      const deadline = this.clock.monotonic() + SETTING_CHANGE_DEADLINE_MS;
      while (this.clock.monotonic() < deadline) {
        try {
          const head = await readPrivacyHead(this.store, personId);
          const now = head.state.status === 'opened' ? head.state.settingRevision : settingRevision;
          await this.store.append(privacyStream(personId), head.revision ?? 'none', [
            {
              id,
              type: 'DisclosureAborted',
              data: { settingRevision: now, inquiryId, reason: 'late' },
              metadata: { schemaVersion: 1 },
            },
          ]);
          return;
        } catch (error) {
          if (!isContention(error)) return;
          if (!(error instanceof RevisionConflict)) await this.pause(RETRY_PAUSE_MS);
        }
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

const REFUSED: DisclosureOutcome = { kind: 'refused' };
const UNAVAILABLE: DisclosureOutcome = { kind: 'unavailable' };

type Heads = ReadonlyMap<string, RecordedEvent>;

const RETRY_PAUSE_MS = 20;

const isContention = (error: unknown): boolean =>
  error instanceof RevisionConflict ||
  error instanceof AppendOutcomeUnknown ||
  error instanceof StoreUnavailable;

const streamsOf = ({ requester, personId }: DisclosureRequest): readonly string[] => [
  accessStreams.client(requester.clientId),
  accessStreams.organization(requester.organizationId),
  accessStreams.agreement(requester.organizationId),
  accessStreams.relationship(requester.organizationId, personId),
];

const permittedFields = (
  sealed: Sealed<PersonRecord>,
  decision: Extract<Decision, { permit: true }>,
): ReleasedRecord => {
  const record = unseal(sealed);
  const released = Object.fromEntries(decision.fields.map((field) => [field, record[field]]));
  return { id: decision.registryId, ...released };
};
