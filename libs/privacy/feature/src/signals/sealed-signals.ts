import { sealedHeads, type KeyReader } from '@registry/content-keys';
import { SubmissionContent, submissionStream, validatorOf, type RegistryStatus } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';

const readContent = validatorOf('SubmissionContent', SubmissionContent);

/** What a submission says beside whom it is about and which doses it brings. */
export interface SaidBeside {
  readonly registryStatus?: RegistryStatus;
  /** `recorded`: by Vital Records; `reported`: by anybody else. */
  readonly death?: 'recorded' | 'reported';
}

/** Marks in a content's text. Within `raw`, which is text itself, every quotation mark has a backslash before it. */
const MARKS = ['"registryStatus":{', '"died":true', '"deathDate":"', '"event":"death"'];

/** Opens submissions in memory, for what PD1 and PID-30 say. Nothing else of them goes any further. */
export class SealedSignals {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyReader,
  ) {}

  /**
   * By submission id; of those only that can still be opened and say anything. Most say nothing, and are not even parsed.
   * @throws StoreUnavailable @throws ContractViolation @throws SealBroken
   */
  async of(submissionIds: readonly string[]): Promise<ReadonlyMap<string, SaidBeside>> {
    const said = new Map<string, SaidBeside>();
    if (submissionIds.length === 0) return said;
    const textOf = await sealedHeads(this.store, this.keys, submissionIds.map(submissionStream));
    for (const submissionId of submissionIds) {
      const text = textOf(submissionStream(submissionId));
      if (text === undefined || !MARKS.some((mark) => text.includes(mark))) continue;
      said.set(submissionId, saidIn(readContent(JSON.parse(text.toString('utf8')))));
    }
    return said;
  }
}

const saidIn = ({ demographics, registryStatus, vital, kind }: SubmissionContent): SaidBeside => {
  const { died, deathDate } = demographics;
  const isDeath = vital?.event === 'death' || died === true || deathDate !== undefined;
  // Other vital records are about births; that one of them says so by the way records no death.
  const death = vital?.event === 'death' ? 'recorded' : 'reported';
  return {
    ...(registryStatus === undefined || kind !== 'vxu' ? {} : { registryStatus }),
    ...(isDeath ? { death } : {}),
  };
};
