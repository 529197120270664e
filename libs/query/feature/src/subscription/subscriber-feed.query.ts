import { createHash } from 'node:crypto';
import type { ReadModel } from '@registry/persistence';
import { setImmediate as turn } from 'node:timers/promises';

export const SUBSCRIBER_FEED = Symbol('SubscriberFeed');

export interface FeedEntry {
  /** The subscriber's own id of the person. */
  readonly registryId: string;
  readonly version: number;
  readonly state: 'available' | 'withdrawn';
}

export interface FeedPage {
  /** The last change of each record, oldest first; none: nothing is new. */
  readonly records: readonly FeedEntry[];
  /** Pass as `after` for what comes then; absent while there was never anything. */
  readonly next?: string;
}

export interface RecordsDigest {
  readonly records: number;
  /** As in `RecordsReconciled`. */
  readonly digest: string;
}

export interface OverdueWithdrawals {
  readonly organizationId: string;
  readonly overdue: number;
  /** When the oldest of them fell due. */
  readonly since: string;
}

const PAGE = 100;
const DIGEST_PAGE = 1_000;
/** Times that all records are gone through before it is said that they change too fast. */
const DIGESTS = 3;

export class SubscriberFeed {
  private readonly digesting = new Map<string, Promise<RecordsDigest | undefined>>();

  constructor(private readonly readModel: ReadModel) {}

  /**
   * @param after a `next` of before; of a feed that was made anew since, it is as if from the start: what comes twice has the same version
   */
  async page(organizationId: string, after: string): Promise<FeedPage> {
    const [feed] = await this.readModel.select<{ feedId: string }>(
      'SELECT feed_id AS "feedId" FROM subscriber_feed WHERE organization_id = ?',
      [organizationId],
    );
    if (feed === undefined) return { records: [] };
    const [feedId = '', place = ''] = after.split('.');
    const from = feedId === feed.feedId && /^\d{1,15}$/.test(place) ? Number(place) : 0;
    const rows = await this.readModel.select<FeedEntry & { readonly place: number }>(
      `SELECT registry_id AS "registryId", version, state, place FROM subscribed_record
        WHERE organization_id = ? AND place > ? ORDER BY place LIMIT ${PAGE}`,
      [organizationId, from],
    );
    return {
      records: rows.map(({ registryId, version, state }) => ({ registryId, version, state })),
      next: `${feed.feedId}.${rows.at(-1)?.place ?? from}`,
    };
  }

  /** Over what is available to the subscriber now. Undefined: it changes while it is gone through. */
  digest(organizationId: string): Promise<RecordsDigest | undefined> {
    const known = this.digesting.get(organizationId);
    if (known !== undefined) return known;
    const digesting = this.computeDigest(organizationId).finally(() => this.digesting.delete(organizationId));
    this.digesting.set(organizationId, digesting);
    return digesting;
  }

  /** Numbers by organization; nobody is named. @param now ISO-8601 UTC */
  async overdue(now: string): Promise<readonly OverdueWithdrawals[]> {
    return this.readModel.select<OverdueWithdrawals>(
      `SELECT organization_id AS "organizationId", COUNT(*) AS overdue, MIN(due_at) AS since
         FROM subscribed_record WHERE due_at > '' AND due_at <= ?
        GROUP BY organization_id ORDER BY organization_id`,
      [now],
    );
  }

  private async computeDigest(organizationId: string): Promise<RecordsDigest | undefined> {
    for (let times = 0; times < DIGESTS; times += 1) {
      const before = await this.lastPlace(organizationId);
      const digest = await this.goThrough(organizationId);
      if ((await this.lastPlace(organizationId)) === before) return digest;
    }
    return undefined;
  }

  private async goThrough(organizationId: string): Promise<RecordsDigest> {
    const hash = createHash('sha256');
    let records = 0;
    for (let after = ''; ;) {
      const rows = await this.readModel.select<{ registryId: string; version: number }>(
        `SELECT registry_id AS "registryId", version FROM subscribed_record
          WHERE organization_id = ? AND registry_id > ? AND state = 'available'
          ORDER BY registry_id LIMIT ${DIGEST_PAGE}`,
        [organizationId, after],
      );
      for (const { registryId, version } of rows) hash.update(`${registryId} ${version}\n`);
      records += rows.length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < DIGEST_PAGE) return { records, digest: hash.digest('hex') };
      after = last.registryId;
      // Others have their turn between two pages.
      await turn();
    }
  }

  private async lastPlace(organizationId: string): Promise<number> {
    const [row] = await this.readModel.select<{ last: number }>(
      'SELECT last FROM subscriber_feed WHERE organization_id = ?',
      [organizationId],
    );
    return row?.last ?? 0;
  }
}
