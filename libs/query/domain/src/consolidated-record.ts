import type { DemographicElement } from './consolidation-policy.js';
import type {
  SourceAddress,
  SourceCode,
  SourceDose,
  SourceGuardian,
  SourceIndication,
  SourceName,
} from './source.js';

/**
 * One person's record, folded from the sources linked to it. Every value names the submissions it comes from (DOMAIN 1.5); what a
 * sealed or withdrawn source says is nowhere in it.
 */
export interface ConsolidatedRecord {
  /** Name of the policy it was folded by. */
  readonly policy: string;
  readonly name: SourceName;
  readonly birthDate: string;
  readonly sex?: string;
  readonly addresses: readonly SourceAddress[];
  readonly phones: readonly string[];
  readonly guardians: readonly SourceGuardian[];
  readonly multipleBirth?: boolean;
  readonly birthOrder?: number;
  readonly death?: { readonly date?: string };
  /** By date, then by vaccine. */
  readonly doses: readonly ConsolidatedDose[];
  /** Refusals and doses not given: no doses, and never released by default (DOMAIN 1.4). */
  readonly notGiven: readonly DoseNotGiven[];
  readonly indications: readonly ConsolidatedIndication[];
  /** The submission that each element comes from, of those that are there. */
  readonly demographicsFrom: Readonly<Partial<Record<DemographicElement, string>>>;
}

/** One dose, as the preferred of its reports has it. */
export interface ConsolidatedDose extends Omit<SourceDose, 'orderNumber' | 'action' | 'refusalReason'> {
  readonly completion: 'CP' | 'PA';
  readonly codes: readonly SourceCode[];
  /** What the codes stand for; undefined: no table has any of them. */
  readonly cvx?: string;
  readonly historical: boolean;
  /** The submission of the preferred report. */
  readonly from: string;
  /** Values that the preferred report lacks, with the submissions that they come from. */
  readonly taken?: Readonly<Partial<Record<TakenValue, string>>>;
  /** The other reports of the same dose, the better ones first. */
  readonly alsoFrom?: readonly OtherReport[];
}

export type TakenValue = 'lot' | 'manufacturer' | 'expiration';

export interface OtherReport {
  readonly from: string;
  readonly date: string;
  readonly cvx?: string;
  readonly historical: boolean;
}

export interface DoseNotGiven {
  readonly date: string;
  readonly codes: readonly SourceCode[];
  readonly cvx?: string;
  readonly completion: 'RE' | 'NA';
  readonly refusalReason?: string;
  readonly from: readonly string[];
}

export interface ConsolidatedIndication extends SourceIndication {
  readonly from: readonly string[];
}
