import { randomUUID } from 'node:crypto';
import type { Address, Guardian, PersonIdentifier, PersonName, VaccineCode } from '@registry/contracts';
import type { EventStore, NewEvent } from '@registry/event-store';
import type { CustodialTask, OwnRecordViewedData, RecordHandledData } from '@registry/privacy-domain';
import { appendAtHead } from './append-at-head.js';
import type { GateClock } from './gate-clock.js';
import type { PersonRecord } from './person-record.js';
import { survivorOf } from './privacy-head.js';
import { unseal, type Sealed } from './sealed.js';

/** What staff may see of a person within a custodial task: demographics, never doses (DOMAIN 2.5). */
export interface HandledDemographics {
  readonly names: readonly PersonName[];
  readonly birthDate: string;
  readonly sex?: string;
  readonly mothersMaidenName?: Partial<Pick<PersonName, 'family' | 'given'>>;
  readonly guardians: readonly Guardian[];
  readonly addresses: readonly Address[];
  readonly phones: readonly string[];
  readonly identifiers: readonly PersonIdentifier[];
  readonly multipleBirth?: boolean;
  readonly birthOrder?: number;
}

/** Everything that is kept about a person, for that person (DOMAIN 4.4): whatever the setting, but nothing that a replacement sealed. */
export interface OwnRecord extends PersonRecord {
  readonly phones: readonly string[];
  readonly notGiven: readonly {
    readonly date: string;
    readonly codes: readonly VaccineCode[];
    readonly completion: 'RE' | 'NA';
    readonly refusalReason?: string;
  }[];
  /** Whose submissions and records it is made of. `receivedAt` is ISO-8601 UTC. */
  readonly sources: readonly {
    readonly organizationId: string;
    readonly kind: string;
    readonly receivedAt: string;
  }[];
}

/** Opens what is kept about a person from its sealed sources, whatever the setting. Whatever it hands out is sealed for the gate. */
export interface CustodialSource {
  demographicsOf(personId: string): Promise<Sealed<HandledDemographics> | undefined>;
  recordOf(personId: string): Promise<Sealed<OwnRecord> | undefined>;
}

/** Which demographics a task needs. */
const FIELDS: Readonly<Record<CustodialTask, readonly (keyof HandledDemographics)[]>> = {
  'request-handling': ['names', 'birthDate', 'guardians', 'addresses'],
  'match-review': [
    'names',
    'birthDate',
    'sex',
    'mothersMaidenName',
    'guardians',
    'addresses',
    'phones',
    'identifiers',
    'multipleBirth',
    'birthOrder',
  ],
};

export interface HandlingRequest {
  readonly personId: string;
  readonly task: CustodialTask;
  /** The open task, which the caller has looked up: nothing is shown without one. */
  readonly taskId: string;
  readonly staff: { readonly clientId: string; readonly userId?: string | undefined };
}

export interface OwnViewRequest {
  readonly personId: string;
  readonly accessId: string;
  readonly capacity: string;
  readonly part: string;
}

/** Nothing was shown, because it could not be written down that it would be. */
export class CustodyUnavailable extends Error {
  readonly code = 'GATE.CUSTODY_UNAVAILABLE';
}

const DEADLINE_MS = 2_000;

/**
 * The two ways past a person's setting that are no disclosures: staff at a custodial task, and the person's own view. Each is in the person's
 * own history before anything is shown.
 */
export class Custody {
  constructor(
    private readonly store: EventStore,
    private readonly source: CustodialSource,
    private readonly clock: GateClock,
    private readonly newId: () => string = randomUUID,
  ) {}

  /** Undefined: there is no such person, or nothing is kept. @throws CustodyUnavailable */
  async handle(request: HandlingRequest): Promise<Partial<HandledDemographics> | undefined> {
    const { task, taskId, staff } = request;
    const fields = FIELDS[task];
    const personId = await this.written(request.personId, staff.clientId, (settingRevision) => ({
      type: 'RecordHandled',
      data: {
        settingRevision,
        task,
        taskId,
        clientId: staff.clientId,
        ...(staff.userId === undefined ? {} : { userId: staff.userId }),
        fields,
      } satisfies RecordHandledData,
    }));
    const sealed = personId === undefined ? undefined : await this.source.demographicsOf(personId);
    if (sealed === undefined) return undefined;
    const demographics = unseal(sealed);
    return Object.fromEntries(
      fields.flatMap((field) =>
        demographics[field] === undefined ? [] : [[field, demographics[field]] as const],
      ),
    );
  }

  /** Undefined: nothing is kept. @throws CustodyUnavailable */
  async ownRecord(request: OwnViewRequest): Promise<OwnRecord | undefined> {
    const { accessId, capacity, part } = request;
    const personId = await this.written(request.personId, accessId, (settingRevision) => ({
      type: 'OwnRecordViewed',
      data: { settingRevision, accessId, capacity, part } satisfies OwnRecordViewedData,
    }));
    const sealed = personId === undefined ? undefined : await this.source.recordOf(personId);
    return sealed === undefined ? undefined : unseal(sealed);
  }

  /** @returns the person whose stream it is in: the survivor of a merge; undefined where there is none */
  private async written(
    personId: string,
    actor: string,
    eventOf: (settingRevision: number) => Pick<NewEvent, 'type' | 'data'>,
  ): Promise<string | undefined> {
    const deadline = this.clock.monotonic() + DEADLINE_MS;
    const id = this.newId();
    for (;;) {
      const survivor = await survivorOf(this.store, personId);
      const appended = await appendAtHead(this.store, this.clock, survivor, id, deadline, ({ state }) =>
        state.status === 'opened'
          ? { ...eventOf(state.settingRevision), metadata: { schemaVersion: 1, actor } }
          : undefined,
      );
      if (appended === undefined) throw new CustodyUnavailable();
      if (appended.revision !== undefined) return survivor;
      if (appended.head.state.status === 'unopened') return undefined;
    }
  }
}
