import type { PersonsMerged, PersonsUnmerged, SubmissionAssigned } from '@registry/contracts';
import type { ReadModelTransaction } from '@registry/persistence';
import { LinkedSubmissionRow, PersonLinksRow, PersonPartRow } from './record-rows.js';

/** What changes who a link counts for, with its revision in `identity-decisions`. */
export type MergeChange =
  | { readonly type: 'merged'; readonly revision: number; readonly data: PersonsMerged }
  | { readonly type: 'unmerged'; readonly revision: number; readonly data: PersonsUnmerged }
  | { readonly type: 'assigned'; readonly revision: number; readonly data: SubmissionAssigned };

/** Persons whose records a change touches. */
export const personsIn = ({ type, data }: MergeChange): readonly string[] =>
  type === 'assigned' ? [data.personId] : [data.survivorId, data.absorbedId];

/** Writes who is part of whom and whose the links are; a repeat in order ends alike. */
export const applyMergeChange = async (tx: ReadModelTransaction, change: MergeChange): Promise<void> => {
  switch (change.type) {
    case 'merged': {
      const { mergeId, survivorId, absorbedId } = change.data;
      const rootId = await rootOf(tx, survivorId);
      const along = await tx.find(PersonPartRow, 'rootId', [absorbedId]);
      await tx.upsert(PersonPartRow, [
        { partId: absorbedId, mergeId, survivorId, rootId },
        ...along.map((row) => ({ ...row, rootId })),
      ]);
      return;
    }
    case 'unmerged': {
      const { survivorId, absorbedId, relinked, unassigned } = change.data;
      const rootId = await rootOf(tx, survivorId);
      await tx.remove(PersonPartRow, 'partId', [absorbedId]);
      // Whoever came along with the absorbed person goes with it.
      const parts = await tx.find(PersonPartRow, 'rootId', [rootId]);
      const along = new Set([absorbedId]);
      for (let size = 0; size < along.size;) {
        size = along.size;
        for (const part of parts) if (along.has(part.survivorId)) along.add(part.partId);
      }
      await tx.upsert(
        PersonPartRow,
        parts.filter(({ partId }) => along.has(partId)).map((row) => ({ ...row, rootId: absorbedId })),
      );
      await moveLinks(tx, relinked, absorbedId);
      await moveLinks(
        tx,
        unassigned.map(({ submissionId }) => submissionId),
        '',
      );
      await tx.upsert(
        PersonLinksRow,
        [survivorId, absorbedId].map((personId) => ({ personId, revision: change.revision })),
      );
      return;
    }
    case 'assigned':
      return moveLinks(tx, [change.data.submissionId], change.data.personId);
  }
};

const moveLinks = async (
  tx: ReadModelTransaction,
  submissionIds: readonly string[],
  personId: string,
): Promise<void> => {
  if (submissionIds.length === 0) return;
  const links = await tx.find(LinkedSubmissionRow, 'submissionId', submissionIds);
  await tx.upsert(
    LinkedSubmissionRow,
    links.map((link) => ({ ...link, personId })),
  );
};

/** By person that was asked for: whose record it is part of. */
export const rootsOf = async (
  tx: ReadModelTransaction,
  persons: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  new Map((await tx.find(PersonPartRow, 'partId', persons)).map(({ partId, rootId }) => [partId, rootId]));

/** By part: whose record it is part of, for everybody who is part of these. */
export const partsOf = async (
  tx: ReadModelTransaction,
  roots: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  new Map((await tx.find(PersonPartRow, 'rootId', roots)).map(({ partId, rootId }) => [partId, rootId]));

const rootOf = async (tx: ReadModelTransaction, personId: string): Promise<string> =>
  (await rootsOf(tx, [personId])).get(personId) ?? personId;
