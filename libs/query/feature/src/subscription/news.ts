import { readContractEvent, type TopicName } from '@registry/contracts';
import type { Delivery } from '@registry/messaging';
import type { RecordChange } from '../record/folded-records.js';
import { nextChangeOf } from './subscriber-index.js';
import type { SubscribableMergeRow, SubscribablePersonRow } from './subscription-rows.js';

export const SUBSCRIPTION_TOPICS = [
  'identity.decisions.v1',
  'privacy.settings.v1',
  'directory.relationships.v1',
  'directory.access.v1',
  'query.subscriptions.v1',
] as const satisfies readonly TopicName[];

/** What deliveries say that may change what a subscriber may see. */
export interface News {
  readonly persons: readonly SubscribablePersonRow[];
  readonly merges: readonly SubscribableMergeRow[];
  readonly subscriptions: readonly {
    readonly organizationId: string;
    readonly clientId: string;
    readonly active: boolean;
  }[];
  /** Persons to look at again. */
  readonly concerned: ReadonlySet<string>;
  /** Of their records, in log order. */
  readonly changes: readonly RecordChange[];
  /** Organizations and clients all of whose persons are to be looked at again. */
  readonly organizations: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
}

/** @throws ContractViolation */
export const newsIn = (deliveries: readonly Delivery[], now: Date): News => {
  const persons: SubscribablePersonRow[] = [];
  const merges = new Map<string, SubscribableMergeRow>();
  const subscriptions: News['subscriptions'][number][] = [];
  const concerned = new Set<string>();
  const changes: RecordChange[] = [];
  const organizations = new Set<string>();
  const clients = new Set<string>();

  const merged = (absorbedId: string, survivorId: string): void => {
    const id = `${absorbedId}|${survivorId}`;
    merges.set(id, { id, absorbedId, survivorId });
  };
  for (const { topic, event: delivered } of deliveries) {
    const event = readContractEvent(topic as (typeof SUBSCRIPTION_TOPICS)[number], delivered);
    const { revision } = event;
    switch (event.type) {
      case 'SubmissionLinked':
      case 'SubmissionAssigned': {
        const { submissionId, personId } = event.data;
        changes.push({ kind: 'linked', revision, submissionId, personIds: [personId] });
        break;
      }
      case 'PersonsMerged': {
        const { mergeId, survivorId, absorbedId } = event.data;
        merged(absorbedId, survivorId);
        changes.push({ kind: 'merged', revision, mergeId, absorbedId, personIds: [survivorId, absorbedId] });
        break;
      }
      case 'PersonsUnmerged': {
        const { survivorId, absorbedId } = event.data;
        changes.push({ kind: 'unmerged', revision, absorbedId, personIds: [survivorId, absorbedId] });
        break;
      }
      case 'PersonFollows': {
        const { absorbedId, survivorId } = event.data;
        merged(absorbedId, survivorId);
        concerned.add(absorbedId).add(survivorId);
        break;
      }
      case 'PrivacySettingChanged':
        concerned.add(event.data.personId);
        break;
      case 'RelationshipChanged': {
        const { state } = event.data;
        const { organizationId, registryId, personId } = state;
        const id = `${organizationId}|${registryId}`;
        const changesAt = nextChangeOf(state, now);
        const row = { id, organizationId, registryId, personId, changesAt };
        persons.push({ ...row, awaited: -1, awaitedSince: '' });
        concerned.add(personId);
        break;
      }
      case 'OrganizationChanged':
      case 'AgreementChanged':
        organizations.add(event.data.state.organizationId);
        break;
      case 'ClientChanged':
        clients.add(event.data.state.clientId);
        break;
      case 'SubscriptionChanged': {
        const { organizationId, clientId, status } = event.data;
        subscriptions.push({ organizationId, clientId, active: status === 'active' });
        break;
      }
      default:
        break;
    }
  }
  for (const { personIds } of changes) for (const personId of personIds) concerned.add(personId);
  return { persons, merges: [...merges.values()], subscriptions, concerned, changes, organizations, clients };
};
