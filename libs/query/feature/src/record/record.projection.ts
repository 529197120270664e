import { evidenceOf, readContractEvent, type TopicName } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import type { Delivery } from '@registry/messaging';
import type { ReadModelTransaction } from '@registry/persistence';
import { readPrivacyStates, type PrivacyState } from '@registry/privacy-gate';
import { consolidate, showableSources, type RecordSource, type VaccineFacts } from '@registry/query-domain';
import { applyMergeChange, partsOf, personsIn, rootsOf, type MergeChange } from './merges.js';
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
 *
 * Nor is anything that a replaced or withdrawn vital record says (DOMAIN 1.3), nor the number of the record that a replacement
 * replaces: such sources have no row and are opened again each time.
 */
export class RecordProjection {
  constructor(
    private readonly store: EventStore,
    private readonly sources: SealedSources,
    private readonly facts: VaccineFacts,
    /** Told within the transaction that deletes clear rows of what may no longer be seen. */
    private readonly onCleared: () => void = () => undefined,
  ) {}

  async project(deliveries: readonly Delivery[]): Promise<(tx: ReadModelTransaction) => Promise<void>> {
    const changes = changesIn(deliveries);
    const settings = await this.settingsOf([...changes.persons]);
    const opened = await this.sources.open(
      changes.links.filter(
        (link) => isVisible(settings.get(link.personId)) && !changes.suppressed.has(link.submissionId),
      ),
    );
    return async (tx) => {
      await tx.upsert(RegistryIdRow, changes.registryIds);
      if (changes.persons.size === 0) return;
      await writeSettings(tx, [...settings.keys()], settings);
      await tx.insertIfAbsent(LinkedSubmissionRow, changes.links);
      if (changes.suppressed.size > 0) await markSuppressed(tx, [...changes.suppressed]);
      for (const change of changes.merges) await applyMergeChange(tx, change);
      // Whoever was merged or parted is made anew from the sealed sources.
      await this.clear(tx, changes.merges.flatMap(personsIn));
      const roots = await rootsOf(tx, [...changes.persons]);
      const rootOf = (personId: string) => roots.get(personId) ?? personId;
      const persons = [...new Set([...changes.persons].map(rootOf))];
      const resourced = new Set([...changes.resourced].map(rootOf));
      const hidden = persons.filter((personId) => !isVisible(settings.get(personId)));
      const visible = persons.filter((personId) => isVisible(settings.get(personId)));
      await this.clear(tx, [...hidden, ...roots.keys()]);
      await this.rewrite(tx, await withoutFolded(tx, visible, resourced), opened);
    };
  }

  /** Of these persons, and of whom they follow. */
  private async settingsOf(persons: readonly string[]): Promise<Map<string, PrivacyState>> {
    const settings = await readPrivacyStates(this.store, persons);
    for (let wanted = survivorsIn(settings); wanted.length > 0; wanted = survivorsIn(settings)) {
      for (const [personId, state] of await readPrivacyStates(this.store, wanted))
        settings.set(personId, state);
    }
    return settings;
  }

  /** Deletes the clear rows of these persons. */
  private async clear(tx: ReadModelTransaction, persons: readonly string[]): Promise<void> {
    if (persons.length === 0) return;
    // Without a record there is no other clear row either.
    if ((await tx.find(PersonRecordRow, 'personId', persons)).length === 0) return;
    this.onCleared();
    await tx.remove(PersonRecordRow, 'personId', persons);
    await tx.remove(RecordSourceRow, 'personId', persons);
    await tx.remove(PersonSearchKeyRow, 'personId', persons);
  }

  /** Makes the clear rows of these persons anew. */
  private async rewrite(
    tx: ReadModelTransaction,
    persons: readonly string[],
    opened: ReadonlyMap<string, RecordSource>,
  ): Promise<void> {
    if (persons.length === 0) return;
    const parts = await partsOf(tx, persons);
    const links = (await tx.find(LinkedSubmissionRow, 'personId', [...persons, ...parts.keys()]))
      .filter((link) => !link.suppressed)
      .map((link) => ({ ...link, personId: parts.get(link.personId) ?? link.personId }));
    const stored = new Map(
      (await tx.find(RecordSourceRow, 'personId', persons)).map((row) => [row.submissionId, row]),
    );
    // After an opt-in nothing is stored in clear any more: fold again from the sealed sources.
    const reopened = await this.sources.open(
      links.filter(({ submissionId }) => !stored.has(submissionId) && !opened.has(submissionId)),
    );
    const byPerson = new Map<string, RecordSource[]>();
    for (const { submissionId, personId } of links) {
      const row = stored.get(submissionId);
      const source =
        row === undefined
          ? (opened.get(submissionId) ?? reopened.get(submissionId))
          : (JSON.parse(row.content) as RecordSource);
      if (source === undefined) continue;
      const others = byPerson.get(personId);
      if (others === undefined) byPerson.set(personId, [source]);
      else others.push(source);
    }

    const rows: ClearRows = { sources: [], records: [], searchKeys: [] };
    for (const [personId, sources] of byPerson) this.addRows(rows, personId, sources);
    const folded = new Set(rows.records.map(({ personId }) => personId));
    await this.clear(
      tx,
      persons.filter((personId) => !folded.has(personId)),
    );
    await this.writeSources(tx, rows.sources, stored);
    await tx.upsert(PersonRecordRow, rows.records);
    await writeSearchKeys(tx, persons, rows.searchKeys);
  }

  private addRows(rows: ClearRows, personId: string, sources: readonly RecordSource[]): void {
    const record = consolidate(sources, this.facts);
    if (record === undefined) return;
    rows.records.push({ personId, record: JSON.stringify(record) });
    const showable = showableSources(sources);
    // What was sealed or withdrawn may have been shown before: not only its own row goes.
    if (showable.length < sources.length) this.onCleared();
    for (const source of showable) {
      if (source.vital?.replaces === undefined) rows.sources.push({ personId, source });
    }
    for (const searchKey of searchKeysOf(showable)) rows.searchKeys.push({ personId, searchKey });
  }

  private async writeSources(
    tx: ReadModelTransaction,
    kept: ClearRows['sources'],
    stored: ReadonlyMap<string, RecordSourceRow>,
  ): Promise<void> {
    const keptIds = new Set(kept.map(({ source }) => source.submissionId));
    const gone = [...stored.keys()].filter((submissionId) => !keptIds.has(submissionId));
    if (gone.length > 0) {
      this.onCleared();
      await tx.remove(RecordSourceRow, 'submissionId', gone);
    }
    await tx.upsert(
      RecordSourceRow,
      kept
        .filter(({ source }) => !stored.has(source.submissionId))
        .map(({ personId, source }) => ({
          submissionId: source.submissionId,
          personId,
          content: JSON.stringify(source),
        })),
    );
  }
}

/** Whom somebody follows whose setting is not there yet. */
const survivorsIn = (settings: ReadonlyMap<string, PrivacyState>): string[] => [
  ...new Set(
    [...settings.values()].flatMap((state) =>
      state.status === 'follows' && !settings.has(state.survivorId) ? [state.survivorId] : [],
    ),
  ),
];

interface ClearRows {
  readonly sources: { readonly personId: string; readonly source: RecordSource }[];
  readonly records: PersonRecordRow[];
  readonly searchKeys: PersonSearchKeyRow[];
}

/**
 * Persons of whom only the setting may have changed need no new fold: a record that stands was folded at the last change of its sources,
 * and a setting that hides deletes it.
 */
const withoutFolded = async (
  tx: ReadModelTransaction,
  persons: readonly string[],
  resourced: ReadonlySet<string>,
): Promise<string[]> => {
  const others = persons.filter((personId) => !resourced.has(personId));
  if (others.length === 0) return [...persons];
  const folded = new Set(
    (await tx.find(PersonRecordRow, 'personId', others)).map(({ personId }) => personId),
  );
  return persons.filter((personId) => resourced.has(personId) || !folded.has(personId));
};

const writeSearchKeys = async (
  tx: ReadModelTransaction,
  persons: readonly string[],
  rows: readonly PersonSearchKeyRow[],
): Promise<void> => {
  const idOf = ({ personId, searchKey }: PersonSearchKeyRow) => `${personId}|${searchKey}`;
  const before = await tx.find(PersonSearchKeyRow, 'personId', persons);
  const now = new Set(rows.map(idOf));
  const outdated = new Set(before.filter((row) => !now.has(idOf(row))).map(({ personId }) => personId));
  await tx.remove(PersonSearchKeyRow, 'personId', [...outdated]);
  const kept = new Set(before.filter(({ personId }) => !outdated.has(personId)).map(idOf));
  await tx.insertIfAbsent(
    PersonSearchKeyRow,
    rows.filter((row) => !kept.has(idOf(row))),
  );
};

const writeSettings = async (
  tx: ReadModelTransaction,
  persons: readonly string[],
  settings: ReadonlyMap<string, PrivacyState>,
): Promise<void> => {
  const rows = persons.flatMap((personId) => settingRowOf(personId, settings.get(personId)));
  if (rows.length === 0) return;
  const known = new Map(
    (await tx.find(PersonSettingRow, 'personId', persons)).map((row) => [row.personId, row.settingRevision]),
  );
  await tx.upsert(
    PersonSettingRow,
    rows.filter((row) => known.get(row.personId) !== row.settingRevision),
  );
};

/** Most messages are of these, and none says anything that a record needs: what a receipt holds is read when it is linked. */
const UNREAD: ReadonlySet<string> = new Set(['SubmissionReceived', 'PersonRegistered']);

interface Changes {
  readonly persons: ReadonlySet<string>;
  /** Those of them whose sources changed. */
  readonly resourced: ReadonlySet<string>;
  readonly links: readonly LinkedSubmissionRow[];
  readonly merges: readonly MergeChange[];
  readonly suppressed: ReadonlySet<string>;
  readonly registryIds: readonly RegistryIdRow[];
}

const changesIn = (deliveries: readonly Delivery[]): Changes => {
  const persons = new Set<string>();
  const resourced = new Set<string>();
  const links: LinkedSubmissionRow[] = [];
  const merges: MergeChange[] = [];
  const suppressed = new Set<string>();
  const registryIds: RegistryIdRow[] = [];
  for (const { topic, event: delivered } of deliveries) {
    if (UNREAD.has(delivered.type)) continue;
    const event = readContractEvent(topic as (typeof RECORD_TOPICS)[number], delivered);
    switch (event.type) {
      case 'SubmissionLinked': {
        const { submissionId, personId, organizationId, receivedAt } = event.data;
        resourced.add(personId);
        const arrival = event.revision;
        links.push({ submissionId, personId, organizationId, receivedAt, arrival, suppressed: false });
        break;
      }
      case 'PersonsMerged':
        merges.push({ type: 'merged', revision: event.revision, data: event.data });
        break;
      case 'PersonsUnmerged':
        merges.push({ type: 'unmerged', revision: event.revision, data: event.data });
        break;
      case 'SubmissionAssigned':
        merges.push({ type: 'assigned', revision: event.revision, data: event.data });
        break;
      case 'SubmissionSuppressed':
        resourced.add(event.data.personId);
        suppressed.add(event.data.submissionId);
        break;
      case 'PrivacySettingChanged':
        persons.add(event.data.personId);
        break;
      case 'RelationshipChanged': {
        const { organizationId, personId, registryId } = event.data.state;
        const evidence = JSON.stringify(evidenceOf(event.data.state));
        registryIds.push({ id: `${organizationId}|${registryId}`, organizationId, personId, evidence });
        break;
      }
      default:
        break;
    }
  }
  for (const change of merges) for (const personId of personsIn(change)) resourced.add(personId);
  for (const personId of resourced) persons.add(personId);
  return { persons, resourced, links, merges, suppressed, registryIds };
};

/**
 * May anything of the person be written in clear? Not of one who opted out, who is held as perhaps somebody who did (DOMAIN 3.4), or whose
 * setting is not there yet: its opening says whether it is held, and brings the person here again.
 */
const isVisible = (state: PrivacyState | undefined): boolean =>
  state?.status === 'opened' && !state.setting.optedOut && state.review?.kind !== 'held';

const settingRowOf = (personId: string, state: PrivacyState | undefined): PersonSettingRow[] => {
  if (state?.status !== 'opened') return [];
  const { setting, settingRevision, review } = state;
  const holder = setting.lock.kind === 'only' ? setting.lock.organizationId : undefined;
  const reader =
    review?.kind === 'provisional' && review.onlySubmitter === true ? review.submittedBy : undefined;
  const nobody =
    setting.optedOut ||
    setting.lock.kind === 'nobody' ||
    review?.kind === 'held' ||
    (holder !== undefined && reader !== undefined && holder !== reader);
  return [{ personId, settingRevision, hidden: nobody, onlyHolder: holder ?? reader ?? '' }];
};

const markSuppressed = async (tx: ReadModelTransaction, submissionIds: readonly string[]): Promise<void> => {
  const rows = await tx.find(LinkedSubmissionRow, 'submissionId', submissionIds);
  await tx.upsert(
    LinkedSubmissionRow,
    rows.map((row) => ({ ...row, suppressed: true })),
  );
};
