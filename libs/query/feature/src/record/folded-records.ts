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

const PATIENCE_MS = 3_000;
const POLL_MS = 10;
/** A projection on a thread of its own says a little late that it has messages again. */
const AT_REST_MS = 100;

export interface RecordWanted {
  /** Are to be in the record. */
  readonly changes?: readonly RecordChange[];
  /**
   * Revision of a change that was not in it before and is to be in it. Where no link is as new, it may be one that left no link: then it is in it
   * once the projection has no more messages to handle.
   */
  readonly awaited?: number;
  /** The projection may be at the same messages: it is waited for, a while. */
  readonly patient?: boolean;
}

/** How new the records are that can be fetched already, by whoever may fetch them. */
export class FoldedRecords {
  private gaveUp = false;

  constructor(
    private readonly readModel: ReadModel,
    private readonly records: Pick<StoredRecords, 'recordById'>,
    /** Has the projection messages to handle? */
    private readonly isBehind: () => boolean,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * The newest link of a record that can be fetched, by its revision in `identity-decisions`; undefined: there is no record to fetch, or it
   * is not as new as is wanted.
   */
  async newestLink(
    organizationId: string,
    registryId: string,
    { changes = [], awaited = -1, patient = false }: RecordWanted,
  ): Promise<number | undefined> {
    const began = performance.now();
    const until = began + (patient ? this.patienceMs : 0);
    let atRestSince = patient ? began : -Infinity;
    for (;;) {
      const personId = await this.records.recordById(organizationId, registryId);
      const isBehind = this.isBehind();
      if (isBehind) atRestSince = Infinity;
      else atRestSince = Math.min(atRestSince, performance.now());
      if (personId !== undefined && (await this.reflects(changes))) {
        const newest = await this.newestOf(personId);
        if (newest >= awaited || performance.now() - atRestSince >= AT_REST_MS) return newest;
      }
      // A projection that is made anew takes longer than anybody can wait.
      if (!isBehind) this.gaveUp = false;
      if (performance.now() >= until || this.gaveUp) {
        this.gaveUp = isBehind;
        return undefined;
      }
      await pause(POLL_MS);
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
