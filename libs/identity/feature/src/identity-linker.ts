import type { ContentKeys } from '@registry/content-keys';
import {
  IDENTITY_STREAM,
  privacyRequestStream,
  readContractEvent,
  submissionStream,
  type Demographics,
} from '@registry/contracts';
import { RevisionConflict, type EventStore, type NewEvent, type RecordedEvent } from '@registry/event-store';
import {
  PersonIndex,
  resolveForm,
  type IdentityDecision,
  type MatchDecision,
  type Matcher,
} from '@registry/identity-domain';
import { derivedEventId, type Delivery } from '@registry/messaging';
import { openDemographics, type SealedContent } from './sealed-demographics.js';

export const IDENTITY_GROUP = 'identity-linker';

/** One thing to decide: a submission, or the person whom an approved request names. */
type Task = {
  readonly kind: 'submission' | 'request';
  readonly id: string;
  readonly content: SealedContent;
  readonly delivery: Delivery;
};

/**
 * Decides which person each submission belongs to. Decisions go in batches to one stream at the exact revision that the
 * in-memory index reflects; a conflict means catch up and decide again. So two instances never create one person twice, and
 * correctness does not depend on which is active (DESIGN.md, Identity matching).
 */
export class IdentityLinker {
  private readonly index = new PersonIndex();
  /** Of `identity-decisions`, as the index reflects it. */
  private revision: number | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly keys: ContentKeys,
    private readonly matcher: Matcher,
    private readonly newPersonId: () => string,
  ) {}

  /** Decides the deliveries in order and appends; those decided before (a repeat) append nothing. */
  async decideAll(deliveries: readonly Delivery[]): Promise<void> {
    const tasks = deliveries.flatMap(taskOf);
    if (tasks.length === 0) return;
    const demographics = await openDemographics(
      this.keys,
      tasks.map((task) => task.content),
    );
    for (;;) {
      await this.catchUp();
      const { decisions, events } = this.decide(tasks, demographics);
      if (events.length === 0) return;
      try {
        const { revision } = await this.store.append(IDENTITY_STREAM, this.revision ?? 'none', events);
        for (const { decision, about } of decisions) this.index.apply(decision, about);
        this.revision = revision;
        return;
      } catch (error) {
        // Somebody else decided meanwhile: their decisions first, then ours on what is new.
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  }

  /** Folds what the stream has beyond the index. */
  private async catchUp(): Promise<void> {
    for (;;) {
      const from = this.revision === undefined ? 0 : this.revision + 1;
      const recorded = await this.store.read(IDENTITY_STREAM, { from, limit: CATCH_UP_PAGE });
      const last = recorded.at(-1);
      if (last === undefined) return;
      const demographics = await this.demographicsOf(recorded);
      for (const [index, event] of recorded.entries()) {
        this.index.apply(event as unknown as IdentityDecision, demographics[index]);
      }
      this.revision = last.revision;
    }
  }

  /** The values of linked sources are in the sealed sources themselves, never in the decisions. */
  private async demographicsOf(recorded: readonly RecordedEvent[]): Promise<(Demographics | undefined)[]> {
    const streams = recorded.map((event) => sourceStreamOf(event as unknown as IdentityDecision));
    const wanted = streams.flatMap((stream, index) => (stream === undefined ? [] : [{ stream, index }]));
    const contents: { readonly index: number; readonly content: SealedContent }[] = [];
    for (const { stream, index } of wanted) {
      const [first] = await this.store.read(stream, { limit: 1 });
      const sealed = first?.data['sealed'] ?? first?.data['sealedForm'];
      if (typeof sealed === 'string') contents.push({ index, content: { keyId: stream, sealed } });
    }
    const opened = await openDemographics(
      this.keys,
      contents.map(({ content }) => content),
    );
    const demographics = new Array<Demographics | undefined>(recorded.length).fill(undefined);
    for (const [place, { index }] of contents.entries()) demographics[index] = opened[place];
    return demographics;
  }

  private decide(tasks: readonly Task[], demographics: readonly (Demographics | undefined)[]) {
    const decisions: { readonly decision: IdentityDecision; readonly about: Demographics | undefined }[] = [];
    const events: NewEvent[] = [];
    // What this batch decides counts for the rest of the batch, but enters the index only when it is appended.
    const draft = new PersonIndex(this.index);
    for (const [place, task] of tasks.entries()) {
      const about = demographics[place];
      if (about === undefined || draft.isDecided(task.id)) continue;
      for (const [index, decision] of this.decideOne(task, about, draft).entries()) {
        draft.apply(decision, about);
        decisions.push({ decision, about });
        events.push(eventOf(decision, task, index));
      }
    }
    return { decisions, events };
  }

  private decideOne(task: Task, about: Demographics, index: PersonIndex): IdentityDecision[] {
    const match = task.kind === 'submission' ? this.matcher.decide(about, index) : resolveForm(about, index);
    if (task.kind === 'request' && match.kind === 'possible') {
      return [{ type: 'RequestAmbiguous', data: { requestId: task.id, candidates: match.candidates } }];
    }
    const personId = match.kind === 'match' ? match.personId : this.newPersonId();
    const linked =
      task.kind === 'submission' ? linkOf(task, personId, match) : resolutionOf(task, personId, match);
    if (match.kind === 'match') return [linked];
    const candidates = match.kind === 'possible' ? match.candidates : [];
    return [
      { type: 'PersonRegistered', data: { personId, provisional: candidates.length > 0, candidates } },
      linked,
    ];
  }
}

const CATCH_UP_PAGE = 1_000;

const taskOf = (delivery: Delivery): Task[] => {
  if (delivery.topic === 'ingestion.submissions.v1') {
    const event = readContractEvent(delivery.topic, delivery.event);
    if (event.type !== 'SubmissionReceived') return [];
    const { submissionId, sealed } = event.data;
    return [
      {
        kind: 'submission',
        id: submissionId,
        content: { keyId: submissionStream(submissionId), sealed },
        delivery,
      },
    ];
  }
  const event = readContractEvent('privacy.requests.v1', delivery.event);
  if (event.type !== 'PrivacyRequestApproved') return [];
  const { requestId, sealedForm } = event.data;
  return [
    {
      kind: 'request',
      id: requestId,
      content: { keyId: privacyRequestStream(requestId), sealed: sealedForm },
      delivery,
    },
  ];
};

const linkOf = (task: Task, personId: string, { explanation }: MatchDecision): IdentityDecision => {
  const event = readContractEvent('ingestion.submissions.v1', task.delivery.event);
  if (event.type !== 'SubmissionReceived') throw new Error('Only a received submission is linked');
  const { submissionId, organizationId, clientId } = event.data;
  return {
    type: 'SubmissionLinked',
    data: { submissionId, personId, organizationId, clientId, receivedAt: event.recordedAt, explanation },
  };
};

const resolutionOf = (task: Task, personId: string, { explanation }: MatchDecision): IdentityDecision => ({
  type: 'RequestResolved',
  data: { requestId: task.id, personId, explanation },
});

/** The stream that holds the sealed values that a decision is about. */
const sourceStreamOf = (decision: IdentityDecision): string | undefined => {
  switch (decision.type) {
    case 'SubmissionLinked':
      return submissionStream(decision.data.submissionId);
    case 'RequestResolved':
      return privacyRequestStream(decision.data.requestId);
    default:
      return undefined;
  }
};

const eventOf = (decision: IdentityDecision, task: Task, index: number): NewEvent => ({
  id: derivedEventId(IDENTITY_GROUP, task.delivery.event.id, index),
  type: decision.type,
  data: decision.data as unknown as NewEvent['data'],
  metadata: { schemaVersion: 1, causationId: task.delivery.event.id, actor: IDENTITY_GROUP },
});
