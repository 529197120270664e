import type { ReadModel } from '@registry/persistence';
import { seal, type RecordSource, type StoredRecord } from '@registry/privacy-gate';
import type { ConsolidatedRecord } from '@registry/query-domain';
import { releasable } from './releasable-record.js';

/** Candidates and records from the read model. Never trusted for permission: what it hands out is sealed, and the gate decides. */
export class StoredRecords implements RecordSource {
  constructor(private readonly readModel: ReadModel) {}

  /** The person that an organization's own id stands for, if it may be visible to that organization. */
  async candidateById(organizationId: string, registryId: string): Promise<string | undefined> {
    const [row] = await this.readModel.select<{ personId: string }>(
      `SELECT r.person_id AS "personId" FROM registry_id r
         JOIN person_setting s ON s.person_id = r.person_id
        WHERE r.id = ? AND ${MAYBE_VISIBLE}`,
      [`${organizationId}|${registryId}`, organizationId],
    );
    return row?.personId;
  }

  /** The one person in relationship with the organization who has this key; several are none, as for a hidden one. */
  async candidateByKey(organizationId: string, searchKey: string): Promise<string | undefined> {
    const rows = await this.readModel.select<{ personId: string }>(
      `SELECT DISTINCT k.person_id AS "personId" FROM person_search_key k
         JOIN registry_id r ON r.organization_id = ? AND r.person_id = k.person_id
         JOIN person_setting s ON s.person_id = k.person_id
        WHERE k.search_key = ? AND ${MAYBE_VISIBLE} LIMIT 2`,
      [organizationId, searchKey, organizationId],
    );
    return rows.length === 1 ? rows[0]?.personId : undefined;
  }

  async load(personId: string): Promise<StoredRecord | undefined> {
    const [row] = await this.readModel.select<{ record: string }>(
      'SELECT record FROM person_record WHERE person_id = ?',
      [personId],
    );
    if (row === undefined) return undefined;
    return { record: seal(releasable(JSON.parse(row.record) as ConsolidatedRecord)), linksRevision: 0 };
  }
}

const MAYBE_VISIBLE = `NOT s.hidden AND (s.only_holder = '' OR s.only_holder = ?)`;
