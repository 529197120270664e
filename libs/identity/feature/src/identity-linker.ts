import type { ContentKeys } from '@registry/content-keys';
import {
  IDENTITY_STREAM,
  privacyRequestStream,
  readContractEvent,
  submissionStream,
} from '@registry/contracts';
import {
  categoryOf,
  RevisionConflict,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '@registry/event-store';
import {
  PersonIndex,
  resolveForm,
  type IdentityDecision,
  type MatchDecision,
  type Matcher,
} from '@registry/identity-domain';
import { derivedEventId, type Delivery } from '@registry/messaging';
import { openMatchables, type OpenedMatchable, type SealedContent } from './sealed-matchables.js';

export const IDENTITY_GROUP = 'identity-linker';

/** One thing to decide: a submission, or the person whom an approved request names. */
type Task = SubmissionTask | RequestTask;

interface SubmissionTask {
  readonly kind: 'submission';
  readonly id: string;
  readonly content: SealedContent;
  /** Of the event that makes it be decided now. */
  readonly causationId: string;
  readonly organizationId: string;
  readonly clientId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
  /** It was decided before, about nobody, and waited since. */
  readonly waited: boolean;
}

interface RequestTask {
  readonly kind: 'request';
  readonly id: string;
  readonly content: SealedContent;
  readonly causationId: string;
}

/**
 * Decides which person each submission belongs to. Decisions go in batches to one stream at the exact revision that the
 * in-memory index reflects; a conflict means catch up and decide again. So two instances never create one person twice, and
 * correctness does not depend on which is active (DESIGN.md, Identity matching).
 */
export class IdentityLinker {
  private readonly index = new PersonIndex();
  /** Of `identity-decisions`, as the index reflects it. */
  private revision: number | undefined;
  /** Batches take turns: what one tries on the index is not there for another until it is appended. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly keys: ContentKeys,
    private readonly matcher: Matcher,
    private readonly newPersonId: () => string,
  ) {}

  /** Decides the deliveries in order and appends; those decided before (a repeat) append nothing. */
  decideAll(deliveries: readonly Delivery[]): Promise<void> {
    const mine = this.turn.then(() => this.decideInTurn(deliveries));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** Folds what was decided before this process began, so that its first decision need not wait for that. */
  warmUp(): Promise<void> {
    const mine = this.turn.then(() => this.catchUp());
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async decideInTurn(deliveries: readonly Delivery[]): Promise<void> {
    const tasks = deliveries.flatMap(taskOf);
    if (tasks.length === 0) return;
    const opened = await openMatchables(
      this.keys,
      tasks.map((task) => task.content),
    );
    for (;;) {
      await this.catchUp();
      const mark = this.index.mark();
      try {
        const events = this.decide(tasks, opened);
        events.push(...(await this.decideWaiting(tasks, opened)));
        if (events.length === 0) return;
        const { revision } = await this.store.append(IDENTITY_STREAM, this.revision ?? 'none', events);
        this.index.settle();
        this.revision = revision;
        return;
      } catch (error) {
        // What this batch decided counted for the rest of the batch, but stands only once it is appended.
        this.index.undo(mark);
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
      const opened = await this.openSources(
        recorded.map((event) => sourceOf(event as unknown as IdentityDecision)),
      );
      for (const [index, event] of recorded.entries()) {
        this.index.apply(event as unknown as IdentityDecision, opened[index]?.matchable);
      }
      this.index.settle();
      this.revision = last.revision;
    }
  }

  /** The values of linked sources are in the sealed sources themselves, never in the decisions. */
  private async openSources(streams: readonly (string | undefined)[]): Promise<(OpenedSource | undefined)[]> {
    const wanted = streams.filter((stream) => stream !== undefined);
    const contents = (await this.receiptsOf(wanted)).flatMap((receipt) => {
      const sealed = receipt?.data['sealed'] ?? receipt?.data['sealedForm'];
      if (receipt === undefined || typeof sealed !== 'string') return [];
      const organizationId = receipt.data['organizationId'] as string | undefined;
      return [{ keyId: receipt.stream, sealed, organizationId, receipt }];
    });
    const matchables = await openMatchables(this.keys, contents);
    const opened = new Map<string, OpenedSource>();
    for (const [index, { keyId, receipt }] of contents.entries()) {
      const matchable = matchables[index];
      if (matchable !== undefined) opened.set(keyId, { receipt, matchable });
    }
    return streams.map((stream) => (stream === undefined ? undefined : opened.get(stream)));
  }

  /** The first event of each stream, as far as its content is still kept. */
  private async receiptsOf(streams: readonly string[]): Promise<(RecordedEvent | undefined)[]> {
    const heads = await this.store.heads(streams);
    return Promise.all(
      heads.map(async (head) => {
        if (head === undefined || head.revision === 0) return head;
        // A submission whose head is not its receipt is being destroyed; a request goes on from its form.
        if (categoryOf(head.stream) === 'submission') return undefined;
        return (await this.store.read(head.stream, { limit: 1 }))[0];
      }),
    );
  }

  /** Decides the tasks on the index, which takes each decision in at once. */
  private decide(tasks: readonly Task[], opened: readonly (OpenedMatchable | undefined)[]): NewEvent[] {
    const events: NewEvent[] = [];
    for (const [place, task] of tasks.entries()) {
      const about = opened[place];
      if (about === undefined || this.index.isDecided(task.id)) continue;
      for (const [index, decision] of this.decideOne(task, about).entries()) {
        this.index.apply(decision, about);
        events.push(eventOf(decision, task, index));
      }
    }
    return events;
  }

  /** Somebody who just became known may be whom a roster entry, a death or a void has waited for. */
  private async decideWaiting(
    tasks: readonly Task[],
    opened: readonly (OpenedMatchable | undefined)[],
  ): Promise<NewEvent[]> {
    const causes = new Map<string, Task>();
    for (const [place, task] of tasks.entries()) {
      const about = opened[place];
      if (about === undefined || !about.startsPerson) continue;
      for (const id of this.index.waitingFor(about)) if (!causes.has(id)) causes.set(id, task);
    }
    const ids = [...causes.keys()];
    const sources = await this.openSources(ids.map(submissionStream));
    const events: NewEvent[] = [];
    for (const [place, id] of ids.entries()) {
      const source = sources[place];
      const cause = causes.get(id);
      if (source === undefined || cause === undefined) continue;
      const task = waitingTask(id, source, cause.causationId);
      for (const decision of this.decideOne(task, source.matchable)) {
        this.index.apply(decision, source.matchable);
        // Its id says whom it is about: one event can end the waiting of several.
        events.push(eventOf(decision, task, id));
      }
    }
    return events;
  }

  private decideOne(task: Task, about: OpenedMatchable): IdentityDecision[] {
    if (task.kind === 'request') return this.resolve(task, about);
    const match = this.matcher.decide(about, this.index);
    if (match.kind === 'match') return [linkOf(task, match.personId, about, match)];
    const candidates = match.kind === 'possible' ? match.candidates : [];
    if (!about.startsPerson) {
      if (task.waited) return [];
      const { explanation } = match;
      return [{ type: 'SubmissionUnmatched', data: { submissionId: task.id, candidates, explanation } }];
    }
    const personId = this.newPersonId();
    return [
      { type: 'PersonRegistered', data: { personId, provisional: candidates.length > 0, candidates } },
      linkOf(task, personId, about, match),
    ];
  }

  /** The one person whom a request names; it may start one (DOMAIN 4.3). */
  private resolve(task: RequestTask, about: OpenedMatchable): IdentityDecision[] {
    const match = resolveForm(about.demographics, this.index);
    if (match.kind === 'possible') {
      return [{ type: 'RequestAmbiguous', data: { requestId: task.id, candidates: match.candidates } }];
    }
    const personId = match.kind === 'match' ? match.personId : this.newPersonId();
    const resolved: IdentityDecision = {
      type: 'RequestResolved',
      data: { requestId: task.id, personId, explanation: match.explanation },
    };
    if (match.kind === 'match') return [resolved];
    return [{ type: 'PersonRegistered', data: { personId, provisional: false, candidates: [] } }, resolved];
  }
}

interface OpenedSource {
  readonly receipt: RecordedEvent;
  readonly matchable: OpenedMatchable;
}

const waitingTask = (id: string, { receipt }: OpenedSource, causationId: string): SubmissionTask => ({
  kind: 'submission',
  id,
  content: { keyId: receipt.stream, sealed: '' },
  causationId,
  organizationId: receipt.data['organizationId'] as string,
  clientId: receipt.data['clientId'] as string,
  receivedAt: receipt.recordedAt,
  waited: true,
});

/** Opening the sources of a page holds the process for some milliseconds. */
const CATCH_UP_PAGE = 250;

const taskOf = ({ topic, event: delivered }: Delivery): Task[] => {
  if (topic === 'ingestion.submissions.v1') {
    const event = readContractEvent(topic, delivered);
    if (event.type !== 'SubmissionReceived') return [];
    const { submissionId, organizationId, clientId, sealed } = event.data;
    return [
      {
        kind: 'submission',
        id: submissionId,
        content: { keyId: submissionStream(submissionId), sealed, organizationId },
        causationId: event.id,
        organizationId,
        clientId,
        receivedAt: event.recordedAt,
        waited: false,
      },
    ];
  }
  const event = readContractEvent('privacy.requests.v1', delivered);
  if (event.type !== 'PrivacyRequestApproved') return [];
  const { requestId, sealedForm } = event.data;
  return [
    {
      kind: 'request',
      id: requestId,
      content: { keyId: privacyRequestStream(requestId), sealed: sealedForm },
      causationId: event.id,
    },
  ];
};

const linkOf = (
  { id: submissionId, organizationId, clientId, receivedAt }: SubmissionTask,
  personId: string,
  { roster }: OpenedMatchable,
  { explanation }: MatchDecision,
): IdentityDecision => {
  const link = { submissionId, personId, organizationId, clientId, receivedAt };
  return roster === undefined
    ? { type: 'SubmissionLinked', data: { ...link, explanation } }
    : {
        type: 'RosterEntryMatched',
        data: { ...link, ...roster, explanation },
      };
};

/** The stream that holds the sealed values that a decision is about. */
const sourceOf = (decision: IdentityDecision): string | undefined => {
  switch (decision.type) {
    case 'SubmissionLinked':
    case 'SubmissionUnmatched':
      return submissionStream(decision.data.submissionId);
    case 'RequestResolved':
      return privacyRequestStream(decision.data.requestId);
    default:
      return undefined;
  }
};

/** @param part tells apart the events that one event causes */
const eventOf = (decision: IdentityDecision, task: Task, part: number | string): NewEvent => ({
  id: derivedEventId(IDENTITY_GROUP, task.causationId, part),
  type: decision.type,
  data: decision.data as unknown as NewEvent['data'],
  metadata: { schemaVersion: 1, causationId: task.causationId, actor: IDENTITY_GROUP },
});
