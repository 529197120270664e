import { sealedHeads, type KeyReader } from '@registry/content-keys';
import { SubmissionContent, submissionStream, validatorOf } from '@registry/contracts';
import { residenceOf, type Residence } from '@registry/directory-domain';
import type { EventStore } from '@registry/event-store';
import { Slice } from '@registry/messaging';

const readContent = validatorOf('SubmissionContent', SubmissionContent);

/** Opens submissions in memory, for where they say that a person lives. No address or county goes any further. */
export class SealedResidences {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyReader,
  ) {}

  /**
   * Residences by submission id; of those only that can still be opened and say one.
   * @throws StoreUnavailable @throws ContractViolation @throws SealBroken
   */
  async of(submissionIds: readonly string[]): Promise<ReadonlyMap<string, Residence>> {
    const residences = new Map<string, Residence>();
    if (submissionIds.length === 0) return residences;
    const contentOf = await sealedHeads(this.store, this.keys, submissionIds.map(submissionStream));
    const slice = new Slice();
    for (const submissionId of submissionIds) {
      if (slice.isOver()) await slice.next();
      const content = contentOf(submissionStream(submissionId));
      if (content === undefined) continue;
      const { demographics, vital } = readContent(content.json);
      // Nobody lives where a death or a record that was withdrawn says.
      if (vital?.event === 'death' || vital?.event === 'void') continue;
      const residence = residenceOf(demographics.addresses[0] ?? {});
      if (residence !== undefined) residences.set(submissionId, residence);
    }
    return residences;
  }
}
