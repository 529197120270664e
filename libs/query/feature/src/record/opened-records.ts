import { setTimeout as delay } from 'node:timers/promises';
import type { KeyReader } from '@registry/content-keys';
import type { EventStore } from '@registry/event-store';
import type { ReadModel } from '@registry/persistence';
import {
  seal,
  type CustodialSource,
  type HandledDemographics,
  type OwnRecord,
  type Sealed,
} from '@registry/privacy-gate';
import { consolidate, showableSources, type RecordSource, type VaccineFacts } from '@registry/query-domain';
import { releasable } from './releasable-record.js';
import { SealedSources, type LinkedSubmission } from './sealed-sources.js';

/** How long staff wait for a person of whom nothing is projected yet. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * What is kept about a person, opened from the sealed sources whatever the setting: for custodial tasks and the person's own view. Nothing of it
 * is written anywhere. What a replacement sealed stays sealed (DOMAIN 1.3).
 */
export class OpenedRecords implements CustodialSource {
  private readonly sources: SealedSources;

  constructor(
    store: EventStore,
    keys: KeyReader,
    private readonly readModel: ReadModel,
    private readonly facts: VaccineFacts,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.sources = new SealedSources(store, keys);
  }

  async demographicsOf(personId: string): Promise<Sealed<HandledDemographics> | undefined> {
    const showable = showableSources(await this.openPatiently(personId));
    const [first] = showable;
    return first === undefined ? undefined : seal(demographicsOf(showable, first));
  }

  async recordOf(personId: string): Promise<Sealed<OwnRecord> | undefined> {
    const sources = await this.open(await this.linksOf(personId));
    const record = consolidate(sources, this.facts);
    if (record === undefined) return undefined;
    return seal({
      ...releasable(record),
      phones: record.phones,
      notGiven: record.notGiven.map(({ date, codes, completion, refusalReason }) => ({
        date,
        codes,
        completion,
        ...(refusalReason === undefined ? {} : { refusalReason }),
      })),
      sources: showableSources(sources).map(({ organizationId, kind, receivedAt }) => ({
        organizationId,
        kind,
        receivedAt,
      })),
    });
  }

  /**
   * A task can name a person a moment before the links are projected that make it: whoever opens it at once shall not be told that nothing is
   * kept.
   */
  private async openPatiently(personId: string): Promise<RecordSource[]> {
    const deadline = performance.now() + this.patienceMs;
    let links = await this.linksOf(personId);
    while (links.length === 0 && performance.now() < deadline) {
      await delay(LOOK_EVERY_MS);
      links = await this.linksOf(personId);
    }
    return this.open(links);
  }

  private linksOf(personId: string): Promise<Link[]> {
    return this.readModel.select<Link>(
      `SELECT submission_id AS "submissionId", organization_id AS "organizationId",
              received_at AS "receivedAt", arrival, suppressed
         FROM linked_submission
        WHERE person_id = ? OR person_id IN (SELECT part_id FROM person_part WHERE root_id = ?)
        ORDER BY arrival`,
      [personId, personId],
    );
  }

  private async open(links: readonly Link[]): Promise<RecordSource[]> {
    const shown = links.filter(({ suppressed }) => !suppressed);
    return [...(await this.sources.open(shown)).values()];
  }
}

/** SQLite has no booleans. */
type Link = LinkedSubmission & { readonly suppressed: boolean | number };

/** All that the sources say, once each: staff compare, and do not need one to be preferred. */
const demographicsOf = (sources: readonly RecordSource[], first: RecordSource): HandledDemographics => {
  const all = sources.map(({ demographics }) => demographics);
  const sex = all.find((each) => each.sex !== undefined)?.sex;
  const multiple = all.find((each) => each.multipleBirth === true);
  const order = all.find((each) => each.birthOrder !== undefined)?.birthOrder;
  return {
    names: distinct(all.flatMap(({ names }) => names)),
    birthDate: first.demographics.birthDate,
    ...(sex === undefined ? {} : { sex }),
    guardians: distinct(all.flatMap(({ guardians }) => guardians)),
    addresses: distinct(all.flatMap(({ addresses }) => addresses)),
    phones: distinct(all.flatMap(({ phones }) => phones)),
    identifiers: distinct(all.flatMap(({ identifiers }) => identifiers)),
    ...(multiple === undefined ? {} : { multipleBirth: true }),
    ...(order === undefined ? {} : { birthOrder: order }),
  };
};

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];
