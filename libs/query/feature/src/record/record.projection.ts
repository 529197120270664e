import { readContractEvent, type TopicName } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import type { Delivery } from '@registry/messaging';
import type { ReadModelTransaction } from '@registry/persistence';
import { readPrivacyStates, type PrivacyState } from '@registry/privacy-gate';
import { consolidate, type RecordSource } from '@registry/query-domain';
import {
  LinkedSubmissionRow,
  PersonRecordRow,
  PersonSearchKeyRow,
  PersonSettingRow,
  RecordSourceRow,
  RegistryIdRow,
} from './record-rows.js';
import { searchKeysOf } from './search-keys.js';
import type { SealedSources } from './sealed-sources.js';

export const RECORD_TOPICS = [
  'identity.decisions.v1',
  'ingestion.submissions.v1',
  'privacy.settings.v1',
  'directory.relationships.v1',
] as const satisfies readonly TopicName[];

/**
 * The record projection. Messages only say which persons to look at again: a person's rows are made anew from the links,
 * the sealed sources and the setting at the head of the privacy stream. So a repeat or another order of topics gives the same
 * rows, and nothing of an opted-out person is ever written in clear (DESIGN.md, Sealed content).
 */
export class RecordProjection {
  constructor(
    private readonly store: EventStore,
    private readonly sources: SealedSources,
    /** Told within the transaction that deletes clear rows of somebody who may no longer be seen. */
    private readonly onCleared: () => void = () => undefined,
  ) {}

  async project(deliveries: readonly Delivery[]): Promise<(tx: ReadModelTransaction) => Promise<void>> {
    const changes = changesIn(deliveries);
    const persons = [...changes.persons];
    const settings = await readPrivacyStates(this.store, persons);
    const opened = await this.sources.open(
      changes.links.filter(
        (link) => isVisible(settings.get(link.personId)) && !changes.suppressed.has(link.submissionId),
      ),
    );
    return async (tx) => {
      await tx.upsert(RegistryIdRow, changes.registryIds);
      if (persons.length === 0) return;
      await tx.upsert(
        PersonSettingRow,
        persons.flatMap((personId) => settingRowOf(personId, settings.get(personId))),
      );
      await tx.insertIfAbsent(LinkedSubmissionRow, changes.links);
      if (changes.suppressed.size > 0) await markSuppressed(tx, [...changes.suppressed]);
      await this.rewrite(tx, persons, settings, opened);
    };
  }

  /** Makes the clear rows of these persons anew. */
  private async rewrite(
    tx: ReadModelTransaction,
    persons: readonly string[],
    settings: ReadonlyMap<string, PrivacyState>,
    opened: ReadonlyMap<string, RecordSource>,
  ): Promise<void> {
    const visible = new Set(persons.filter((personId) => isVisible(settings.get(personId))));
    const links = (await tx.find(LinkedSubmissionRow, 'personId', [...visible])).filter(
      (link) => !link.suppressed,
    );
    const stored = new Map(
      (await tx.find(RecordSourceRow, 'personId', [...visible])).map((row) => [row.submissionId, row]),
    );
    // After an opt-in nothing is stored in clear any more: fold again from the sealed sources.
    const missing = links.filter((link) => !stored.has(link.submissionId) && !opened.has(link.submissionId));
    const reopened = await this.sources.open(missing);

    const byPerson = new Map<string, RecordSource[]>();
    const newRows: RecordSourceRow[] = [];
    for (const { submissionId, personId } of links) {
      const row = stored.get(submissionId);
      const source =
        row === undefined
          ? (opened.get(submissionId) ?? reopened.get(submissionId))
          : (JSON.parse(row.content) as RecordSource);
      if (source === undefined) continue;
      if (row === undefined) newRows.push({ submissionId, personId, content: JSON.stringify(source) });
      byPerson.set(personId, [...(byPerson.get(personId) ?? []), source]);
    }
    const records: PersonRecordRow[] = [];
    const searchKeys: PersonSearchKeyRow[] = [];
    for (const [personId, sources] of byPerson) {
      const record = consolidate(sources);
      if (record === undefined) continue;
      records.push({ personId, record: JSON.stringify(record) });
      for (const searchKey of searchKeysOf(sources)) {
        searchKeys.push({ id: `${personId}|${searchKey}`, personId, searchKey });
      }
    }

    const gone = persons.filter((personId) => !byPerson.has(personId));
    if ((await tx.find(RecordSourceRow, 'personId', gone)).length > 0) this.onCleared();
    await tx.remove(PersonRecordRow, 'personId', gone);
    await tx.remove(RecordSourceRow, 'personId', gone);
    const keep = new Set(links.map((link) => link.submissionId));
    await tx.remove(
      RecordSourceRow,
      'submissionId',
      [...stored.keys()].filter((submissionId) => !keep.has(submissionId)),
    );
    const keysBefore = await tx.find(PersonSearchKeyRow, 'personId', persons);
    const keysNow = new Set(searchKeys.map((row) => row.id));
    await tx.remove(
      PersonSearchKeyRow,
      'id',
      keysBefore.map((row) => row.id).filter((id) => !keysNow.has(id)),
    );
    await tx.upsert(RecordSourceRow, newRows);
    await tx.upsert(PersonRecordRow, records);
    await tx.insertIfAbsent(PersonSearchKeyRow, searchKeys);
  }
}

interface Changes {
  readonly persons: ReadonlySet<string>;
  readonly links: readonly LinkedSubmissionRow[];
  readonly suppressed: ReadonlySet<string>;
  readonly registryIds: readonly RegistryIdRow[];
}

const changesIn = (deliveries: readonly Delivery[]): Changes => {
  const persons = new Set<string>();
  const links: LinkedSubmissionRow[] = [];
  const suppressed = new Set<string>();
  const registryIds: RegistryIdRow[] = [];
  for (const { topic, event: delivered } of deliveries) {
    const event = readContractEvent(topic as (typeof RECORD_TOPICS)[number], delivered);
    switch (event.type) {
      case 'SubmissionLinked': {
        const { submissionId, personId, organizationId, receivedAt } = event.data;
        persons.add(personId);
        links.push({ submissionId, personId, organizationId, receivedAt, suppressed: false });
        break;
      }
      case 'SubmissionSuppressed':
        persons.add(event.data.personId);
        suppressed.add(event.data.submissionId);
        break;
      case 'PrivacySettingChanged':
        persons.add(event.data.personId);
        break;
      case 'RelationshipChanged': {
        const { organizationId, personId, registryId } = event.data.state;
        registryIds.push({ id: `${organizationId}|${registryId}`, organizationId, personId });
        break;
      }
      default:
        break;
    }
  }
  return { persons, links, suppressed, registryIds };
};

const isVisible = (state: PrivacyState | undefined): boolean =>
  state === undefined || state.status === 'unopened' || !state.setting.optedOut;

const settingRowOf = (personId: string, state: PrivacyState | undefined): PersonSettingRow[] => {
  if (state?.status !== 'opened') return [];
  const { setting, settingRevision } = state;
  return [
    {
      personId,
      settingRevision,
      hidden: setting.optedOut || setting.lock.kind === 'nobody',
      onlyHolder: setting.lock.kind === 'only' ? setting.lock.organizationId : '',
    },
  ];
};

const markSuppressed = async (tx: ReadModelTransaction, submissionIds: readonly string[]): Promise<void> => {
  const rows = await tx.find(LinkedSubmissionRow, 'submissionId', submissionIds);
  await tx.upsert(
    LinkedSubmissionRow,
    rows.map((row) => ({ ...row, suppressed: true })),
  );
};
