import type { ContentKeys } from '@registry/content-keys';
import {
  IDENTITY_STREAM,
  privacyRequestStream,
  readContractEvent,
  submissionStream,
  type AssignmentDecided,
  type ContractEvent,
  type KeepApartDecided,
  type PersonFollows,
} from '@registry/contracts';
import {
  categoryOf,
  RevisionConflict,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
} from '@registry/event-store';
import {
  partNamedBy,
  PersonIndex,
  resolveForm,
  type IdentityDecision,
  type MatchDecision,
  type Matcher,
} from '@registry/identity-domain';
import { derivedEventId, mapInSlices, Slice, type Delivery } from '@registry/messaging';
import { openMatchables, type OpenedMatchable, type SealedContent } from './sealed-matchables.js';

export const IDENTITY_GROUP = 'identity-linker';

/** One thing to decide: a submission, the person whom an approved request names, or an order that follows from a review. */
type Task = SubmissionTask | RequestTask | OrderTask;

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

interface OrderTask {
  readonly kind: 'order';
  readonly content?: undefined;
  readonly causationId: string;
  readonly order: Order;
}

type Order =
  | { readonly type: 'merge'; readonly follows: PersonFollows }
  | { readonly type: 'unmerge'; readonly mergeId: string }
  | { readonly type: 'keep-apart'; readonly apart: KeepApartDecided }
  | { readonly type: 'assign'; readonly assignment: AssignmentDecided };

/** An order to merge persons of whom one is unknown, or follows the other already: for the dead letters. */
export class ImpossibleMerge extends Error {
  readonly code = 'IDENTITY.IMPOSSIBLE_MERGE';
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
    const tasks = (await mapInSlices(deliveries, taskOf)).flat();
    if (tasks.length === 0) return;
    const opened = await this.openContents(tasks);
    for (;;) {
      await this.catchUp();
      const carriedOut = await this.prepareOrders(tasks);
      const mark = this.index.mark();
      try {
        const events = await this.decide(tasks, opened, carriedOut);
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

  private async openContents(tasks: readonly Task[]): Promise<(OpenedMatchable | undefined)[]> {
    const contents = tasks.flatMap(({ content }) => (content === undefined ? [] : [content]));
    const opened = await openMatchables(this.keys, contents);
    let next = 0;
    return tasks.map(({ content }) => (content === undefined ? undefined : opened[next++]));
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
        const decision = event as unknown as IdentityDecision;
        const relinked = await this.relinkedBy(decision);
        this.index.apply(decision, opened[index]?.matchable, event.revision, relinked);
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

  /** What the submissions are about that an un-merge gives back. */
  private async relinkedBy(
    decision: IdentityDecision,
  ): Promise<ReadonlyMap<string, OpenedMatchable> | undefined> {
    if (decision.type !== 'PersonsUnmerged') return undefined;
    const ids = decision.data.relinked;
    const sources = await this.openSources(ids.map(submissionStream));
    return new Map(
      ids.flatMap((id, index) => {
        const matchable = sources[index]?.matchable;
        return matchable === undefined ? [] : [[id, matchable] as const];
      }),
    );
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

  /**
   * What orders need beside the index: merges that discard name the submissions of the absorbed person, an un-merge and an assignment
   * what the submissions are about that change their person. By causing event.
   */
  private async prepareOrders(tasks: readonly Task[]): Promise<ReadonlyMap<string, Prepared>> {
    const prepared = new Map<string, Prepared>();
    for (const task of tasks) {
      if (task.kind !== 'order') continue;
      const { order, causationId } = task;
      const decision = await this.decisionFor(order, causationId);
      if (decision === undefined) continue;
      const [source] =
        decision.type === 'SubmissionAssigned'
          ? await this.openSources([submissionStream(decision.data.submissionId)])
          : [];
      prepared.set(causationId, {
        decision,
        about: source?.matchable,
        relinked: await this.relinkedBy(decision),
      });
    }
    return prepared;
  }

  /** Undefined: it was carried out before, or there is nothing to carry out any more. */
  private async decisionFor(order: Order, orderId: string): Promise<IdentityDecision | undefined> {
    switch (order.type) {
      case 'merge': {
        const { mergeId, survivorId, absorbedId, discard } = order.follows;
        // Whoever follows along with a survivor that was merged itself was merged before.
        if (this.index.isDecided(mergeId)) return undefined;
        if (!this.index.canMerge(survivorId, absorbedId)) throw new ImpossibleMerge();
        const discarded = discard === true ? await this.submissionsOf(absorbedId) : undefined;
        return {
          type: 'PersonsMerged',
          data: { mergeId, survivorId, absorbedId, ...(discarded === undefined ? {} : { discarded }) },
        };
      }
      case 'unmerge': {
        const { mergeId } = order;
        if (this.index.isDecided(orderId)) return undefined;
        const parting = this.index.partingOf(mergeId);
        if (parting !== undefined) return { type: 'PersonsUnmerged', data: { mergeId, ...parting } };
        return this.index.isMerged(mergeId)
          ? { type: 'UnmergeRefused', data: { mergeId, orderId } }
          : undefined;
      }
      case 'keep-apart': {
        const { personId, others, reviewId } = order.apart;
        if (others.every((other) => this.index.areKeptApart(personId, other))) return undefined;
        return { type: 'PersonKeptApart', data: { personId, others, reviewId } };
      }
      case 'assign': {
        const { reviewId, submissionId, organizationId, receivedAt, personId } = order.assignment;
        if (!this.index.isUnassigned(submissionId)) return undefined;
        return {
          type: 'SubmissionAssigned',
          data: {
            reviewId,
            submissionId,
            personId: this.index.survivorOf(personId),
            organizationId,
            receivedAt,
          },
        };
      }
    }
  }

  /** Every submission linked to a person, by the stream: only who is discarded needs them, which is rare. */
  private async submissionsOf(personId: string): Promise<string[]> {
    const submissions: string[] = [];
    for (let from = this.index.registeredAt(personId); ;) {
      const page = await this.store.read(IDENTITY_STREAM, { from, limit: SCAN_PAGE });
      for (const event of page) {
        const { type, data } = event as unknown as IdentityDecision;
        if ((type === 'SubmissionLinked' || type === 'SubmissionAssigned') && data.personId === personId)
          submissions.push(data.submissionId);
      }
      const last = page.at(-1);
      if (last === undefined) return submissions;
      from = last.revision + 1;
    }
  }

  /** Decides the tasks on the index, which takes each decision in at once. */
  private async decide(
    tasks: readonly Task[],
    opened: readonly (OpenedMatchable | undefined)[],
    prepared: ReadonlyMap<string, Prepared>,
  ): Promise<NewEvent[]> {
    const events: NewEvent[] = [];
    const slice = new Slice();
    const nextRevision = () => (this.revision ?? -1) + 1 + events.length;
    for (const [place, task] of tasks.entries()) {
      if (slice.isOver()) await slice.next();
      if (task.kind === 'order') {
        const order = prepared.get(task.causationId);
        if (order === undefined) continue;
        this.index.apply(order.decision, order.about, nextRevision(), order.relinked);
        events.push(eventOf(order.decision, task, 0));
        continue;
      }
      const about = opened[place];
      if (about === undefined || this.index.isDecided(task.id)) continue;
      const decisions = this.decideOne(task, about);
      for (const [index, decision] of decisions.entries()) {
        this.index.apply(decision, about, nextRevision());
        events.push(eventOf(decision, task, index));
      }
      for (const decision of this.decideWatching(decisions, about)) {
        this.index.apply(decision, undefined, nextRevision());
        events.push(eventOf(decision, task, decision.data.requestId));
      }
    }
    return events;
  }

  /** A birth record may be what the request for an unborn child has waited for (DOMAIN 4.3). */
  private decideWatching(
    decisions: readonly IdentityDecision[],
    { kind, demographics }: OpenedMatchable,
  ): Extract<IdentityDecision, { type: 'RequestResolved' | 'RequestAmbiguous' }>[] {
    const link = decisions.find(({ type }) => type === 'SubmissionLinked');
    if (kind !== 'vital' || link?.type !== 'SubmissionLinked') return [];
    const { personId } = link.data;
    const { birthDate, guardians = [], multipleBirth } = demographics;
    const waiting = this.index.requestsWaitingFor({ birthDate, mothers: guardians });
    return waiting.map((requestId) =>
      // Which of several children, or whose of several requests, is for staff to say.
      multipleBirth === true || waiting.length > 1
        ? { type: 'RequestAmbiguous', data: { requestId, candidates: [personId] } }
        : {
            type: 'RequestResolved',
            data: { requestId, personId, explanation: { model: 'watch-1', levels: { mother: 'exact' } } },
          },
    );
  }

  /**
   * Somebody who just became known may be whom a roster entry, a death or a void has waited for; and a death that just found its person
   * is what a void of it has waited for.
   */
  private async decideWaiting(
    tasks: readonly Task[],
    opened: readonly (OpenedMatchable | undefined)[],
  ): Promise<NewEvent[]> {
    const events: NewEvent[] = [];
    let known = tasks.flatMap(({ causationId }, place) => {
      const about = opened[place];
      return about !== undefined && isOfRecord(about) ? [{ about, causationId }] : [];
    });
    while (known.length > 0) {
      const causes = new Map<string, string>();
      for (const { about, causationId } of known)
        for (const id of this.index.waitingFor(about)) if (!causes.has(id)) causes.set(id, causationId);
      const waiting = [...causes];
      const sources = await this.openSources(waiting.map(([id]) => submissionStream(id)));
      known = [];
      for (const [place, [id, causationId]] of waiting.entries()) {
        const source = sources[place];
        if (source === undefined) continue;
        const task = waitingTask(id, source, causationId);
        for (const decision of this.decideOne(task, source.matchable)) {
          this.index.apply(decision, source.matchable);
          // Its id says whom it is about: one event can end the waiting of several.
          events.push(eventOf(decision, task, id));
          if (isOfRecord(source.matchable)) known.push({ about: source.matchable, causationId });
        }
      }
    }
    return events;
  }

  private decideOne(task: SubmissionTask | RequestTask, about: OpenedMatchable): IdentityDecision[] {
    if (task.kind === 'request') return this.resolve(task, about);
    const match = this.matcher.decide(about, this.index);
    if (match.kind === 'match') return [linkOf(task, match.personId, about, match)];
    const possible = match.kind === 'possible' ? match.candidates : [];
    // Nobody compares more side by side; the others may still be why it is held.
    const candidates = possible.slice(0, MOST_CANDIDATES);
    if (!about.startsPerson) {
      if (task.waited) return [];
      const { explanation } = match;
      return [{ type: 'SubmissionUnmatched', data: { submissionId: task.id, candidates, explanation } }];
    }
    const personId = this.newPersonId();
    const similar = [...possible.slice(MOST_CANDIDATES), ...(match.similar ?? [])];
    const registered: IdentityDecision = {
      type: 'PersonRegistered',
      data: {
        personId,
        provisional: candidates.length > 0,
        candidates,
        ...(similar.length === 0 ? {} : { similar }),
        organizationId: task.organizationId,
      },
    };
    return [registered, linkOf(task, personId, about, match)];
  }

  /** The one person whom a request names; it may start one (DOMAIN 4.3). */
  private resolve(task: RequestTask, about: OpenedMatchable): IdentityDecision[] {
    if (about.watched !== undefined) return [{ type: 'RequestWatched', data: { requestId: task.id } }];
    const match = resolveForm(about.demographics, this.index);
    if (match.kind === 'possible') {
      return [{ type: 'RequestAmbiguous', data: { requestId: task.id, candidates: match.candidates } }];
    }
    const personId = match.kind === 'match' ? match.personId : this.newPersonId();
    const partId = partNamedBy(about.demographics, personId, this.index);
    const resolved: IdentityDecision = {
      type: 'RequestResolved',
      data: {
        requestId: task.id,
        personId,
        ...(partId === undefined ? {} : { partId }),
        explanation: match.explanation,
      },
    };
    if (match.kind === 'match') return [resolved];
    return [{ type: 'PersonRegistered', data: { personId, provisional: false, candidates: [] } }, resolved];
  }
}

/** An order as it is carried out. */
interface Prepared {
  readonly decision: IdentityDecision;
  readonly about: OpenedMatchable | undefined;
  readonly relinked: ReadonlyMap<string, OpenedMatchable> | undefined;
}

/** May anybody wait for it? For a birth or clinic's submission, and for a version of a vital record. */
const isOfRecord = ({ startsPerson, continues }: OpenedMatchable): boolean =>
  startsPerson || continues.length > 0;

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
const SCAN_PAGE = 1_000;
const MOST_CANDIDATES = 20;

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
  const order = orderOf(topic, delivered);
  if (order !== undefined) return [{ kind: 'order', causationId: delivered.id, order }];
  if (topic !== 'privacy.requests.v1') return [];
  const event = readContractEvent(topic, delivered);
  // Whom it is about is known already.
  if (event.type !== 'PrivacyRequestApproved' || event.data.resolved !== undefined) return [];
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

const orderOf = (topic: string, delivered: ContractEvent): Order | undefined => {
  if (topic === 'privacy.settings.v1') {
    const event = readContractEvent(topic, delivered);
    return event.type === 'PersonFollows' ? { type: 'merge', follows: event.data } : undefined;
  }
  if (topic !== 'identity.reviews.v1') return undefined;
  const event = readContractEvent(topic, delivered);
  switch (event.type) {
    case 'KeepApartDecided':
      return { type: 'keep-apart', apart: event.data };
    case 'AssignmentDecided':
      return { type: 'assign', assignment: event.data };
    case 'UnmergeOrdered':
      return { type: 'unmerge', mergeId: event.data.mergeId };
    default:
      // Privacy goes first at a merge.
      return undefined;
  }
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
    case 'SubmissionAssigned':
    case 'SubmissionUnmatched':
      return submissionStream(decision.data.submissionId);
    case 'RequestResolved':
    case 'RequestWatched':
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
