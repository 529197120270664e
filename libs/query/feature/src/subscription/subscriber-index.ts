import { evidenceOf, type RelationshipState } from '@registry/contracts';
import type { ReadModel, ReadModelTransaction } from '@registry/persistence';
import type { News } from './news.js';
import type { AwaitedPerson } from './record-looker.js';
import { SubscribableMergeRow, SubscribablePersonRow, SubscriberRow } from './subscription-rows.js';

const PAGE = 100;

/** Whom a subscriber may be told of, so far as relationships go; what it is told, heads decide. */
export class SubscriberIndex {
  constructor(private readonly readModel: ReadModel) {}

  /**
   * Keeps what is new. Persons and merges are there before it is asked who subscribes: whoever comes to subscribe at the same time, in
   * another process, finds them when all its persons are looked at.
   * @returns of subscribers, whom to look at again
   */
  async keep(news: News): Promise<SubscribablePersonRow[]> {
    const { persons, merges, subscriptions, concerned } = news;
    if (persons.length > 0 || merges.length > 0) {
      await this.readModel.write(async (tx) => {
        await tx.upsert(SubscribablePersonRow, persons, ['changesAt']);
        await tx.insertIfAbsent(SubscribableMergeRow, merges);
      });
    }
    const known = await this.subscribers();
    const called = known
      .filter(
        ({ organizationId, clientId }) =>
          news.organizations.has(organizationId) || news.clients.has(clientId),
      )
      .map(({ organizationId }) => organizationId);
    const named = subscriptions.map(({ organizationId }) => organizationId);
    const subscribing = new Set([...known.map(({ organizationId }) => organizationId), ...named]);
    if (subscribing.size === 0 || concerned.size + called.length + named.length === 0) return [];
    return this.readModel.write(async (tx) => {
      const rows = await tx.find(SubscriberRow, 'organizationId', [...new Set([...called, ...named])]);
      const subscribers = new Map(rows.map((row) => [row.organizationId, calledAgain(row)]));
      for (const { organizationId, clientId, active } of subscriptions) {
        const { calls = 1, answered = 0 } = subscribers.get(organizationId) ?? {};
        subscribers.set(organizationId, { organizationId, clientId, active, calls, answered, reached: '' });
      }
      await tx.upsert(SubscriberRow, [...subscribers.values()]);
      const found = await tx.find(SubscribablePersonRow, 'personId', await withMerged(tx, concerned));
      return found.filter(({ organizationId }) => subscribing.has(organizationId));
    });
  }

  async subscribers(): Promise<SubscriberRow[]> {
    const rows = await this.readModel.select<Omit<SubscriberRow, 'active'> & { active: number }>(
      `SELECT organization_id AS "organizationId", client_id AS "clientId", active, calls, answered, reached
         FROM subscriber`,
    );
    return rows.map((row) => ({ ...row, active: row.active === 1 }));
  }

  /** A page of whom an organization serves or served, by registry id. */
  async personsAfter(organizationId: string, registryId: string): Promise<SubscribablePersonRow[]> {
    return this.readModel.select<SubscribablePersonRow>(
      `SELECT id, organization_id AS "organizationId", registry_id AS "registryId", person_id AS "personId",
              changes_at AS "changesAt", awaited, awaited_since AS "awaitedSince"
         FROM subscribable_person WHERE organization_id = ? AND registry_id > ?
        ORDER BY registry_id LIMIT ${PAGE}`,
      [organizationId, registryId],
    );
  }

  /** Those of an organization whose evidence began or ended by then. @param at ISO-8601 UTC with milliseconds */
  async changedBy(organizationId: string, at: string): Promise<SubscribablePersonRow[]> {
    return this.readModel.select<SubscribablePersonRow>(
      `SELECT id, organization_id AS "organizationId", registry_id AS "registryId", person_id AS "personId",
              changes_at AS "changesAt", awaited, awaited_since AS "awaitedSince"
         FROM subscribable_person WHERE organization_id = ? AND changes_at > '' AND changes_at <= ?
        ORDER BY changes_at LIMIT ${PAGE}`,
      [organizationId, at],
    );
  }

  /**
   * After a look at these: when to look again, unless something newer calls for that.
   * @param next when evidence of each changes next @param awaited those who have not been told of all
   */
  async looked(
    rows: readonly SubscribablePersonRow[],
    next: readonly string[],
    awaited: readonly AwaitedPerson[],
    now: Date,
  ): Promise<void> {
    const changes = changesOf(awaited);
    await this.readModel.write(async (tx) => {
      const ids = rows.map(({ id }) => id);
      const present = new Map((await tx.find(SubscribablePersonRow, 'id', ids)).map((row) => [row.id, row]));
      await tx.upsert(
        SubscribablePersonRow,
        rows.flatMap((row, index) => {
          const known = present.get(row.id);
          if (known?.changesAt !== row.changesAt || known.awaited !== row.awaited) return [];
          const settled = { ...known, changesAt: next[index] ?? '' };
          const change = changes.get(row.id);
          return change === undefined
            ? [{ ...settled, awaited: -1, awaitedSince: '' }]
            : [awaiting(settled, change, now)];
        }),
      );
    });
  }

  /**
   * Remembers what these have not been told of. Those whose record is not there yet are looked at again: soon, and then at growing
   * distances.
   */
  async lookAgain(persons: readonly AwaitedPerson[], now: Date): Promise<void> {
    if (persons.length === 0) return;
    const changes = changesOf(persons);
    await this.readModel.write(async (tx) => {
      const rows = await tx.find(SubscribablePersonRow, 'id', [...changes.keys()]);
      await tx.upsert(
        SubscribablePersonRow,
        rows.flatMap((row) => {
          const change = changes.get(row.id);
          return change === undefined ? [] : [awaiting(row, change, now)];
        }),
      );
    });
  }

  /** Calls for a look at all persons of these. */
  async call(organizationIds: readonly string[]): Promise<void> {
    if (organizationIds.length === 0) return;
    await this.readModel.write(async (tx) => {
      const rows = await tx.find(SubscriberRow, 'organizationId', organizationIds);
      await tx.upsert(SubscriberRow, rows.map(calledAgain), ['calls', 'reached']);
    });
  }

  /** Notes how far the look at all persons of one has come. @returns false: there was another call, so all over again */
  async reached(
    { organizationId, calls }: SubscriberRow,
    progress: { readonly reached: string } | 'done',
  ): Promise<boolean> {
    return this.readModel.write(async (tx) => {
      const [row] = await tx.find(SubscriberRow, 'organizationId', [organizationId]);
      if (row?.calls !== calls) return false;
      const next = progress === 'done' ? { answered: calls, reached: '' } : progress;
      await tx.upsert(SubscriberRow, [{ ...row, ...next }], ['answered', 'reached']);
      return true;
    });
  }
}

/** All persons that were ever merged with these, directly or by way of others. */
const withMerged = async (tx: ReadModelTransaction, persons: ReadonlySet<string>): Promise<string[]> => {
  const all = new Set(persons);
  for (let next = [...persons]; next.length > 0;) {
    const absorbing = await tx.find(SubscribableMergeRow, 'absorbedId', next);
    const absorbed = await tx.find(SubscribableMergeRow, 'survivorId', next);
    const others = [
      ...absorbing.map(({ survivorId }) => survivorId),
      ...absorbed.map(({ absorbedId }) => absorbedId),
    ];
    next = [...new Set(others)].filter((personId) => !all.has(personId));
    for (const personId of next) all.add(personId);
  }
  return [...all];
};

const changesOf = (persons: readonly AwaitedPerson[]): Map<string, AwaitedPerson> =>
  new Map(persons.map((person) => [`${person.organizationId}|${person.registryId}`, person]));

const FIRST_LOOK_MS = 5_000;
const LAST_LOOK_MS = 3_600_000;

const awaiting = (
  row: SubscribablePersonRow,
  { awaited: change, mayFetch }: AwaitedPerson,
  now: Date,
): SubscribablePersonRow => {
  const awaited = Math.max(row.awaited, change);
  if (!mayFetch) return { ...row, awaited, awaitedSince: '' };
  const awaitedSince = row.awaitedSince === '' ? now.toISOString() : row.awaitedSince;
  const waited = now.getTime() - Date.parse(awaitedSince);
  const pause = Math.min(Math.max(waited, FIRST_LOOK_MS), LAST_LOOK_MS);
  const at = new Date(now.getTime() + pause).toISOString();
  return {
    ...row,
    changesAt: row.changesAt === '' || row.changesAt > at ? at : row.changesAt,
    awaited,
    awaitedSince,
  };
};

const calledAgain = (row: SubscriberRow): SubscriberRow => ({ ...row, calls: row.calls + 1, reached: '' });

/** When evidence of a relationship next begins or ends, ISO-8601 UTC with milliseconds; empty: never. Pure. */
export const nextChangeOf = (state: RelationshipState, now: Date): string => {
  const instants = evidenceOf(state)
    .flatMap(({ startsAt, endsAt }) => [Date.parse(startsAt), Date.parse(endsAt)])
    .filter((instant) => instant > now.getTime());
  return instants.length === 0 ? '' : new Date(Math.min(...instants)).toISOString();
};
