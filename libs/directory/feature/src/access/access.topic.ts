import type { ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';

const TYPES: Readonly<Record<string, string>> = {
  organization: 'OrganizationChanged',
  agreement: 'AgreementChanged',
  client: 'ClientChanged',
};

/** Organizations, agreements and clients, each event with the full resulting state. */
export const accessTopic: TopicDeclaration = {
  topic: 'directory.access.v1',
  categories: Object.keys(TYPES),
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const dash = recorded.stream.indexOf('-');
    const type = TYPES[recorded.stream.slice(0, dash)];
    if (type === undefined) return undefined;
    const { id, revision, position, recordedAt, data } = recorded;
    return { id, type, key: recorded.stream, revision, position, recordedAt, data: { state: data['state'] } };
  },
};
