import type { SourceAddress, SourceCode, SourceIndication, SourceName } from './source.js';

/** One person's record, folded from the sources linked to it. Every value names the submissions it comes from. */
export interface ConsolidatedRecord {
  readonly name: SourceName;
  readonly birthDate: string;
  readonly sex?: string;
  readonly addresses: readonly SourceAddress[];
  readonly guardians: readonly {
    readonly family: string;
    readonly given: string;
    readonly relationship?: string;
  }[];
  readonly doses: readonly ConsolidatedDose[];
  readonly indications: readonly SourceIndication[];
  /** The submission that the demographics come from. */
  readonly demographicsFrom: string;
}

export interface ConsolidatedDose {
  readonly date: string;
  readonly codes: readonly SourceCode[];
  readonly completion: 'CP' | 'PA';
  readonly historical: boolean;
  readonly lot?: string;
  readonly manufacturer?: string;
  readonly expiration?: string;
  readonly from: readonly string[];
}
