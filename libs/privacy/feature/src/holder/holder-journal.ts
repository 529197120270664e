import type { EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import type { Holder } from '@registry/privacy-domain';

/** Journal of the persons who have locked their record to an organization or one of its sites, whether they still do or not. */
export const holderStream = (organizationId: string): string => `holder-${organizationId}`;

/** Journal of the organizations that anybody has locked a record to. */
const HOLDERS_STREAM = 'holders-all';

const GROUP = 'privacy-holders';
const PAGE = 500;

/** Before the holder's own state is looked at: whoever closes it later finds the person by this. */
export const nameHolder = async (store: EventStore, personId: string, holder: Holder): Promise<void> => {
  const { organizationId } = holder;
  const append = (stream: string, id: string, data: Readonly<Record<string, string>>) =>
    store.append(stream, 'any', [
      { id, type: 'NamedAsHolder', data, metadata: { schemaVersion: 1, actor: GROUP } },
    ]);
  await append(HOLDERS_STREAM, derivedEventId(GROUP, organizationId), { organizationId });
  await append(holderStream(organizationId), derivedEventId(GROUP, organizationId, personId), { personId });
};

export const allHolders = (store: EventStore): Promise<readonly string[]> =>
  distinct(store, HOLDERS_STREAM, 'organizationId');

export const lockedTo = (store: EventStore, organizationId: string): Promise<readonly string[]> =>
  distinct(store, holderStream(organizationId), 'personId');

const distinct = async (store: EventStore, stream: string, field: string): Promise<readonly string[]> => {
  const values = new Set<string>();
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(stream, { from, limit: PAGE });
    for (const { data } of page) values.add(data[field] as string);
    if (page.length < PAGE) return [...values];
  }
};
