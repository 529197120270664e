import { setTimeout as pause } from 'node:timers/promises';
import type { ReadModel } from '@registry/persistence';
import type { StoredRecords } from './stored-records.js';

/** A decision of identity that changes what records say. */
export type RecordChange = {
  /** Of the decision, in `identity-decisions`. */
  readonly revision: number;
  /** Whose records it changes. */
  readonly personIds: readonly string[];
} & (
  | { readonly kind: 'linked'; readonly submissionId: string }
  | { readonly kind: 'merged'; readonly mergeId: string; readonly absorbedId: string }
  | { readonly kind: 'unmerged'; readonly absorbedId: string }
);

/** Records are still being projected: whoever waits for one comes again. */
export class RecordsAwaited extends Error {
  readonly code = 'READ_MODEL.RECORDS_AWAITED';
}

const PATIENCE_MS = 3_000;
const POLL_MS = 10;

/** How new the records are that can be fetched already, by whoever may fetch them. */
export class FoldedRecords {
  constructor(
    private readonly readModel: ReadModel,
    private readonly records: Pick<StoredRecords, 'recordById'>,
    /** Has the projection messages to handle? */
    private readonly isBehind: () => boolean,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * The newest link of a record that can be fetched, by its revision in `identity-decisions`; undefined: there is no record to fetch.
   * @param changes are to be in it: waits a while for the projection, which is at the same messages; where that has put one aside, what is
   * there counts
   * @param patient false: waits for nothing
   * @throws RecordsAwaited
   */
  async newestLink(
    organizationId: string,
    registryId: string,
    {
      changes = [],
      patient = false,
    }: { readonly changes?: readonly RecordChange[]; readonly patient?: boolean },
  ): Promise<number | undefined> {
    const until = performance.now() + (patient ? this.patienceMs : 0);
    for (;;) {
      const personId = await this.records.recordById(organizationId, registryId);
      const isReady = personId !== undefined && (await this.reflects(changes));
      if (!isReady && performance.now() < until) {
        await pause(POLL_MS);
        continue;
      }
      if (!isReady && this.isBehind()) throw new RecordsAwaited();
      return personId === undefined ? undefined : this.newestOf(personId);
    }
  }

  private async newestOf(personId: string): Promise<number> {
    const [row] = await this.readModel.select<{ arrival: number }>(
      `SELECT arrival FROM (
         SELECT arrival FROM linked_submission WHERE person_id = ?
          UNION ALL
         SELECT l.arrival FROM person_part p JOIN linked_submission l ON l.person_id = p.part_id
          WHERE p.root_id = ?) links ORDER BY arrival DESC LIMIT 1`,
      [personId, personId],
    );
    return row?.arrival ?? -1;
  }

  private async reflects(changes: readonly RecordChange[]): Promise<boolean> {
    for (const change of changes) if (!(await this.reflectsOne(change))) return false;
    return true;
  }

  private async reflectsOne(change: RecordChange): Promise<boolean> {
    switch (change.kind) {
      case 'linked': {
        const [row] = await this.readModel.select<{ personId: string }>(
          'SELECT person_id AS "personId" FROM linked_submission WHERE submission_id = ?',
          [change.submissionId],
        );
        // Nobody's: assigned, and not yet projected.
        return row !== undefined && row.personId !== '';
      }
      case 'merged': {
        const rows = await this.readModel.select(
          'SELECT part_id FROM person_part WHERE part_id = ? AND merge_id = ?',
          [change.absorbedId, change.mergeId],
        );
        return rows.length > 0;
      }
      case 'unmerged': {
        const [row] = await this.readModel.select<{ revision: number }>(
          'SELECT revision FROM person_links WHERE person_id = ?',
          [change.absorbedId],
        );
        return row !== undefined && row.revision >= change.revision;
      }
    }
  }
}
