/**
 * Where an element of the demographics comes from.
 *
 * `vital-records`: from the vital record issued last that has it, else as `received`.
 * `received`: from the source received last that has it, of whatever kind.
 */
export type Precedence = 'vital-records' | 'received';

export type DemographicElement =
  | 'name'
  | 'birthDate'
  | 'sex'
  | 'guardians'
  | 'multipleBirth'
  | 'birthOrder'
  | 'death'
  | 'addresses'
  | 'phones';

/** What is a choice in folding a record: policy data with a version and an effective date (DOMAIN 1.5). */
export interface ConsolidationPolicy {
  readonly name: string;
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  readonly precedence: Readonly<Record<DemographicElement, Precedence>>;
  /** How far apart two reports of one dose may be. */
  readonly nearDays: number;
  /** Given in courses so close together that a near date says nothing: by CDSi's names. */
  readonly sameDateOnly: readonly string[];
  /** What senders put for an order number where there is none: it names no dose. */
  readonly noOrderNumber: readonly string[];
}

export const MN_CONSOLIDATION_1: ConsolidationPolicy = {
  name: 'mn-consolidation-1',
  version: '1',
  effective: '2026-01-01',
  precedence: {
    name: 'vital-records',
    birthDate: 'vital-records',
    sex: 'vital-records',
    guardians: 'vital-records',
    multipleBirth: 'vital-records',
    birthOrder: 'vital-records',
    death: 'vital-records',
    addresses: 'received',
    phones: 'received',
  },
  nearDays: 4,
  sameDateOnly: ['Rabies'],
  // CDC's guide wants it with refusals.
  noOrderNumber: ['9999'],
};
