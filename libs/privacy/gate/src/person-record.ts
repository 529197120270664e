import type { Address, Guardian, PersonName, VaccineCode } from '@registry/contracts';
import type { Sealed } from './sealed.js';

/**
 * The consolidated record of one person as the gate may release parts of it: the ceiling of Minn. Stat. 144.3351
 * plus what exchange policy adds. Read models hand it over sealed.
 */
export interface PersonRecord {
  readonly name: PersonName;
  readonly birthDate: string;
  readonly sex?: string;
  readonly addresses: readonly Address[];
  readonly guardians: readonly Guardian[];
  readonly doses: readonly RecordedDose[];
  readonly indications: readonly RecordedIndication[];
}

export interface RecordedDose {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly codes: readonly VaccineCode[];
  readonly completion: 'CP' | 'PA';
  readonly historical: boolean;
  readonly lot?: string;
  /** MVX. */
  readonly manufacturer?: string;
  readonly expiration?: string;
}

export interface RecordedIndication {
  readonly kind: 'contraindication' | 'reaction';
  readonly code: string;
  readonly text?: string;
  readonly date?: string;
}

export type RecordField = 'name' | 'birthDate' | 'sex' | 'addresses' | 'guardians' | 'doses' | 'indications';

/** What leaves: the requester's own id for the person and the permitted fields. */
export type ReleasedRecord = { readonly id: string } & Partial<Pick<PersonRecord, RecordField>>;

/** A record as a read model has it. */
export interface StoredRecord {
  readonly record: Sealed<PersonRecord>;
  /** Revision of `identity-decisions` that it reflects at least. */
  readonly linksRevision: number;
}

/** Where the gate gets a record once a permit stands. Undefined: none is held in clear (not projected yet, or opted out). */
export interface RecordSource {
  load(personId: string): Promise<StoredRecord | undefined>;
}
