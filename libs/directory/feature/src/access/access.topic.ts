import type { ContractEvent } from '@registry/contracts';
import type { JsonObject, RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';

const TYPES: Readonly<Record<string, string>> = {
  organization: 'OrganizationChanged',
  site: 'SiteChanged',
  agreement: 'AgreementChanged',
  client: 'ClientChanged',
  user: 'UserChanged',
};

/** Organizations, sites, agreements, clients and users, each event with the full resulting state. */
export const accessTopic: TopicDeclaration = {
  topic: 'directory.access.v1',
  categories: Object.keys(TYPES),
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    const dash = recorded.stream.indexOf('-');
    const type = TYPES[recorded.stream.slice(0, dash)];
    if (type === undefined) return undefined;
    const { id, revision, position, recordedAt } = recorded;
    const state = type === 'UserChanged' ? withoutName(recorded.data['state']) : recorded.data['state'];
    return { id, type, key: recorded.stream, revision, position, recordedAt, data: { state } };
  },
};

/** Who a user is stays in the user's own stream. */
const withoutName = (state: JsonObject[string]): JsonObject => {
  const { name: _name, email: _email, ...rest } = state as JsonObject;
  return rest;
};
