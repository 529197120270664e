import { createHash } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { hmac, KEY_RING, type KeyRing } from '@registry/content-keys';
import { uuidOfHex, type PurposeOfUse } from '@registry/contracts';
import { ReleaseGate, type DisclosureOutcome, type Requester } from '@registry/privacy-gate';
import { keyOfIdentifier, keyOfName } from '../record/search-keys.js';
import { StoredRecords } from '../record/stored-records.js';
import type { SearchDto } from './person.dto.js';
import { PersonLimit } from './person-limit.js';

export class ReadPerson {
  constructor(
    /** The caller's own registry id for the person. */
    readonly registryId: string,
    readonly purpose: PurposeOfUse,
    readonly caller: Caller,
  ) {}
}

export class SearchPerson {
  constructor(
    readonly terms: SearchDto,
    readonly purpose: PurposeOfUse,
    readonly caller: Caller,
  ) {}
}

@QueryHandler(ReadPerson)
export class ReadPersonHandler implements IQueryHandler<ReadPerson, DisclosureOutcome> {
  constructor(
    private readonly records: StoredRecords,
    private readonly gate: ReleaseGate,
    private readonly limit: PersonLimit,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  async execute({ registryId, purpose, caller }: ReadPerson): Promise<DisclosureOutcome> {
    const { organizationId } = caller;
    await this.limit.admit(caller, 'read', registryId);
    const candidate = await this.records.candidateById(organizationId, registryId, purpose);
    return this.gate.disclose({
      requester: requesterOf(caller),
      purpose,
      ...(candidate ?? { personId: decoyFor(this.keys, organizationId, registryId) }),
      inquiry: { form: 'read', terms: [registryId] },
    });
  }
}

@QueryHandler(SearchPerson)
export class SearchPersonHandler implements IQueryHandler<SearchPerson, DisclosureOutcome> {
  constructor(
    private readonly records: StoredRecords,
    private readonly gate: ReleaseGate,
    private readonly limit: PersonLimit,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  async execute({ terms, purpose, caller }: SearchPerson): Promise<DisclosureOutcome> {
    const { organizationId } = caller;
    const searchKey = searchKeyOf(terms);
    await this.limit.admit(caller, 'search', searchKey);
    const candidate = await this.records.candidateByKey(organizationId, searchKey, purpose);
    return this.gate.disclose({
      requester: requesterOf(caller),
      purpose,
      ...(candidate ?? { personId: decoyFor(this.keys, organizationId, searchKey) }),
      inquiry: { form: 'search', terms: [searchKey] },
    });
  }
}

/** A user whom the caller names was checked for its form only; whether that user may read, the gate decides on the user's head. */
export const requesterOf = ({ organizationId, clientId, userId }: Caller): Requester => ({
  organizationId,
  clientId,
  ...(userId === undefined ? {} : { userId }),
});

const searchKeyOf = ({ identifier, name }: SearchDto): string => {
  if (identifier !== undefined) return keyOfIdentifier(identifier);
  // Validation lets one of the two through; without either nothing is found.
  return name === undefined ? 'nothing' : keyOfName(name);
};

/**
 * A person id that stands for nobody, so that asking for nobody makes the same calls as asking for a hidden person. The same
 * question always gives the same one: its lane is shared as a person's would be.
 */
export const decoyFor = (keys: KeyRing, organizationId: string, question: string): string => {
  const hex = createHash('sha256')
    .update(hmac(keys.current('decoy').key, 'decoy', organizationId, question))
    .digest('hex');
  // Of version 4, as person ids are.
  return uuidOfHex(`${hex.slice(0, 12)}4${hex.slice(13, 16)}a${hex.slice(17)}`);
};
