import { sealedHeads, type KeyReader } from '@registry/content-keys';
import {
  registerOf,
  SubmissionContent,
  submissionStream,
  validatorOf,
  type VitalRecord,
} from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import type { RecordSource, SourceVital } from '@registry/query-domain';

export interface LinkedSubmission {
  readonly submissionId: string;
  readonly organizationId: string;
  readonly receivedAt: string;
  readonly arrival: number;
}

const readContent = validatorOf('SubmissionContent', SubmissionContent);

/** Opens linked submissions from the event store, where their content lies sealed. */
export class SealedSources {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyReader,
  ) {}

  /**
   * The sources of the submissions whose content still opens, by submission id.
   * @throws StoreUnavailable @throws ContractViolation @throws SealBroken
   */
  async open(links: readonly LinkedSubmission[]): Promise<Map<string, RecordSource>> {
    if (links.length === 0) return new Map();
    const streams = links.map((link) => submissionStream(link.submissionId));
    const openedOf = await sealedHeads(this.store, this.keys, streams);
    const sources = new Map<string, RecordSource>();
    for (const { submissionId, organizationId, receivedAt, arrival } of links) {
      const opened = openedOf(submissionStream(submissionId));
      if (opened === undefined) continue;
      const content = readContent(opened.json);
      // A roster is evidence of a relationship, and no part of a record.
      if (content.kind === 'roster') continue;
      const { kind, demographics, doses, indications, vital } = content;
      sources.set(submissionId, {
        submissionId,
        organizationId,
        receivedAt,
        arrival,
        kind,
        demographics,
        doses,
        indications,
        ...(vital === undefined ? {} : { vital: vitalOf(vital) }),
      });
    }
    return sources;
  }
}

/** What the fold needs of it, and no more. */
const vitalOf = ({ event, register, fileNumber, issuedAt, replaces }: VitalRecord): SourceVital => ({
  event,
  register: registerOf({ event, ...(register === undefined ? {} : { register }) }),
  fileNumber,
  issuedAt,
  ...(replaces === undefined ? {} : { replaces }),
});
