import type { ReadModel } from '@registry/persistence';
import { seal, type RecordSource, type StoredRecord } from '@registry/privacy-gate';
import type { ConsolidatedRecord } from '@registry/query-domain';
import { releasable } from './releasable-record.js';

/** Whose record it may be, and who of the persons merged into it the organization serves, if not that one itself. */
export interface Candidate {
  readonly personId: string;
  readonly knownAs?: string;
}

interface CandidateRow {
  readonly personId: string;
  readonly knownAs: string;
}

const candidateOf = ({ personId, knownAs }: CandidateRow): Candidate =>
  personId === knownAs ? { personId } : { personId, knownAs };

/** Candidates and records from the read model. Never trusted for permission: what it hands out is sealed, and the gate decides. */
export class StoredRecords implements RecordSource {
  constructor(private readonly readModel: ReadModel) {}

  /** The person that an organization's own id stands for, if it may be visible to that organization. */
  async candidateById(organizationId: string, registryId: string): Promise<Candidate | undefined> {
    const [row] = await this.readModel.select<CandidateRow>(
      `SELECT s.person_id AS "personId", r.person_id AS "knownAs" FROM registry_id r
         LEFT JOIN person_part p ON p.part_id = r.person_id
         JOIN person_setting s ON s.person_id = COALESCE(p.root_id, r.person_id)
        WHERE r.id = ? AND ${MAYBE_VISIBLE}`,
      [`${organizationId}|${registryId}`, organizationId],
    );
    return row === undefined ? undefined : candidateOf(row);
  }

  /** The one person in relationship with the organization who has this key; several are none, as for a hidden one. */
  async candidateByKey(organizationId: string, searchKey: string): Promise<Candidate | undefined> {
    const rows = await this.readModel.select<CandidateRow>(
      `SELECT DISTINCT k.person_id AS "personId", r.person_id AS "knownAs" FROM person_search_key k
         JOIN registry_id r ON r.organization_id = ? AND r.person_id = k.person_id
         JOIN person_setting s ON s.person_id = k.person_id
        WHERE k.search_key = ? AND ${MAYBE_VISIBLE}
       UNION
       SELECT DISTINCT k.person_id, r.person_id FROM person_search_key k
         JOIN person_part p ON p.root_id = k.person_id
         JOIN registry_id r ON r.organization_id = ? AND r.person_id = p.part_id
         JOIN person_setting s ON s.person_id = k.person_id
        WHERE k.search_key = ? AND ${MAYBE_VISIBLE} LIMIT 20`,
      [organizationId, searchKey, organizationId, organizationId, searchKey, organizationId],
    );
    const [first] = rows;
    if (first === undefined || rows.some(({ personId }) => personId !== first.personId)) return undefined;
    // By its own relationship rather than one with a person merged into it.
    return candidateOf(rows.find(({ personId, knownAs }) => personId === knownAs) ?? first);
  }

  /** Whose record a read by this id would find, if it were permitted; undefined: none, or not yet. */
  async recordById(organizationId: string, registryId: string): Promise<string | undefined> {
    const [row] = await this.readModel.select<{ personId: string }>(
      `SELECT s.person_id AS "personId" FROM registry_id r
         LEFT JOIN person_part p ON p.part_id = r.person_id
         JOIN person_setting s ON s.person_id = COALESCE(p.root_id, r.person_id)
         JOIN person_record c ON c.person_id = s.person_id
        WHERE r.id = ? AND ${MAYBE_VISIBLE}`,
      [`${organizationId}|${registryId}`, organizationId],
    );
    return row?.personId;
  }

  async load(personId: string): Promise<StoredRecord | undefined> {
    const [row] = await this.readModel.select<{ record: string; linksRevision: number | null }>(
      `SELECT r.record, l.revision AS "linksRevision" FROM person_record r
         LEFT JOIN person_links l ON l.person_id = r.person_id
        WHERE r.person_id = ?`,
      [personId],
    );
    if (row === undefined) return undefined;
    return {
      record: seal(releasable(JSON.parse(row.record) as ConsolidatedRecord)),
      // Only who was parted from somebody is asked for more.
      linksRevision: row.linksRevision ?? 0,
    };
  }
}

const MAYBE_VISIBLE = `NOT s.hidden AND (s.only_holder = '' OR s.only_holder = ?)`;
