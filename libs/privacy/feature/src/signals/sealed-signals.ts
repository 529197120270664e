import { sealedHeads, type KeyReader, type KeyRing } from '@registry/content-keys';
import {
  registerOf,
  SubmissionContent,
  submissionStream,
  validatorOf,
  type RegistryStatus,
} from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { Slice } from '@registry/messaging';
import { deathRecordOf, type SaidOfDeath } from './reported-death.js';

const readContent = validatorOf('SubmissionContent', SubmissionContent);

/** What a submission says beside whom it is about and which doses it brings. */
export interface SaidBeside {
  readonly registryStatus?: RegistryStatus;
  readonly death?: SaidOfDeath;
}

/** Marks in a content's text. Within `raw`, which is text itself, every quotation mark has a backslash before it. */
const MARKS = ['"registryStatus":{', '"died":true', '"deathDate":"', '"event":"death"', '"register":"death"'];

/** Opens submissions in memory, for what PD1 and PID-30 say. Nothing else of them goes any further. */
export class SealedSignals {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyReader,
    private readonly keyRing: KeyRing,
  ) {}

  /**
   * By submission id; of those only that can still be opened and say anything. Most say nothing, and are not even parsed.
   * @throws StoreUnavailable @throws ContractViolation @throws SealBroken
   */
  async of(
    submissions: readonly { readonly submissionId: string; readonly organizationId: string }[],
  ): Promise<ReadonlyMap<string, SaidBeside>> {
    const said = new Map<string, SaidBeside>();
    if (submissions.length === 0) return said;
    const streams = submissions.map(({ submissionId }) => submissionStream(submissionId));
    const contentOf = await sealedHeads(this.store, this.keys, streams);
    const slice = new Slice();
    for (const { submissionId, organizationId } of submissions) {
      if (slice.isOver()) await slice.next();
      const content = contentOf(submissionStream(submissionId));
      if (content === undefined || !MARKS.some((mark) => content.text.includes(mark))) continue;
      said.set(submissionId, this.saidIn(readContent(content.json), organizationId));
    }
    return said;
  }

  private saidIn(content: SubmissionContent, organizationId: string): SaidBeside {
    const { registryStatus, kind } = content;
    const death = this.deathIn(content, organizationId);
    return {
      ...(registryStatus === undefined || kind !== 'vxu' ? {} : { registryStatus }),
      ...(death === undefined ? {} : { death }),
    };
  }

  private deathIn(
    { demographics, vital }: SubmissionContent,
    organizationId: string,
  ): SaidOfDeath | undefined {
    if (vital !== undefined && registerOf(vital) === 'death')
      return { by: 'vital-records', records: deathRecordOf(this.keyRing, organizationId, vital) };
    // Other vital records are about births; that one of them says so by the way records no death.
    const { died, deathDate } = demographics;
    return died === true || deathDate !== undefined ? { by: 'other' } : undefined;
  }
}
