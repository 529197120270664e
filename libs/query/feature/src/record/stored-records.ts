import type { EvidenceItem, PurposeOfUse } from '@registry/contracts';
import type { ReadModel } from '@registry/persistence';
import { seal, type RecordSource, type StoredRecord } from '@registry/privacy-gate';
import type { ConsolidatedRecord } from '@registry/query-domain';
import type { Clock } from '@registry/runtime';
import { releasable } from './releasable-record.js';

/**
 * Whose record it may be. Of a merged person the organization may have served several parts: by the one whose relationship counts now the
 * gate decides, and the answer carries the id that was asked for.
 */
export interface Candidate {
  readonly personId: string;
  /** Who of the persons merged into it the organization serves, if not that one itself. */
  readonly knownAs?: string;
  /** Whose id the answer carries, where that is another part's. */
  readonly answeredAs?: { readonly personId: string; readonly registryId: string };
}

interface CandidateRow {
  readonly personId: string;
  readonly knownAs: string;
  readonly id: string;
  readonly evidence: string;
}

/** Candidates and records from the read model. Never trusted for permission: what it hands out is sealed, and the gate decides. */
export class StoredRecords implements RecordSource {
  constructor(
    private readonly readModel: ReadModel,
    private readonly clock: Clock,
  ) {}

  /** The person that an organization's own id stands for, if it may be visible to that organization. */
  async candidateById(
    organizationId: string,
    registryId: string,
    purpose: PurposeOfUse,
  ): Promise<Candidate | undefined> {
    const asked = `${organizationId}|${registryId}`;
    const rows = await this.readModel.select<CandidateRow>(
      `WITH found AS MATERIALIZED (
         SELECT s.person_id FROM registry_id r
           LEFT JOIN person_part p ON p.part_id = r.person_id
           JOIN person_setting s ON s.person_id = COALESCE(p.root_id, r.person_id)
          WHERE r.id = ? AND ${MAYBE_VISIBLE}) ${IDS_OF_FOUND}`,
      [asked, organizationId, organizationId, organizationId],
    );
    const row = rows.find(({ id }) => id === asked);
    return row === undefined ? undefined : this.candidateOf(row, rows, purpose);
  }

  /** The one person in relationship with the organization who has this key; several are none, as for a hidden one. */
  async candidateByKey(
    organizationId: string,
    searchKey: string,
    purpose: PurposeOfUse,
  ): Promise<Candidate | undefined> {
    const rows = await this.readModel.select<CandidateRow>(
      `WITH found AS MATERIALIZED (
         SELECT DISTINCT s.person_id FROM person_search_key k
           JOIN person_setting s ON s.person_id = k.person_id
          WHERE k.search_key = ? AND ${MAYBE_VISIBLE}) ${IDS_OF_FOUND} LIMIT 20`,
      [searchKey, organizationId, organizationId, organizationId],
    );
    const [first, ...others] = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (first === undefined || others.some(({ personId }) => personId !== first.personId)) return undefined;
    // Always by the same id: the survivor's own; without one, the first of its parts'.
    const own = rows.find(({ personId, knownAs }) => personId === knownAs);
    return this.candidateOf(own ?? first, rows, purpose);
  }

  /** @param asked whose id the answer carries, which one of `rows` has */
  private candidateOf(asked: CandidateRow, rows: readonly CandidateRow[], purpose: PurposeOfUse): Candidate {
    const now = this.clock.now().getTime();
    const serves = ({ evidence }: CandidateRow) =>
      evidence !== '' &&
      (JSON.parse(evidence) as readonly EvidenceItem[]).some(
        ({ purposes, startsAt, endsAt }) =>
          purposes.includes(purpose) && Date.parse(startsAt) <= now && now < Date.parse(endsAt),
      );
    const served = rows.length === 1 ? asked : ([asked, ...rows].find(serves) ?? asked);
    const { personId, knownAs } = served;
    return {
      personId,
      ...(knownAs === personId ? {} : { knownAs }),
      ...(served.id === asked.id
        ? {}
        : { answeredAs: { personId: asked.knownAs, registryId: asked.id.slice(asked.id.indexOf('|') + 1) } }),
    };
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

/**
 * The ids that an organization (twice a parameter) has for the persons in `found`, and for whoever was merged into them. The order of the
 * joins is fixed, by CROSS JOIN and MATERIALIZED: SQLite took another one and looked through all ids of the organization at every read.
 */
const IDS_OF_FOUND = `
  SELECT f.person_id AS "personId", r.person_id AS "knownAs", r.id, r.evidence
    FROM found f CROSS JOIN registry_id r
   WHERE r.organization_id = ? AND r.person_id = f.person_id
   UNION ALL
  SELECT f.person_id, r.person_id, r.id, r.evidence
    FROM found f CROSS JOIN person_part p CROSS JOIN registry_id r
   WHERE p.root_id = f.person_id AND r.organization_id = ? AND r.person_id = p.part_id`;
