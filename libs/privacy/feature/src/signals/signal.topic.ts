import type { ContractEvent, RegistryStatusSignalled } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from '@registry/messaging';
import type { SignalNotedData } from '@registry/privacy-domain';

const UUID_LENGTH = 36;

/** That an organization's messages began or ceased to say that it no longer serves a person: the directory's business. The rest stays here. */
export const signalTopic: TopicDeclaration = {
  topic: 'privacy.signals.v1',
  categories: ['signal'],
  toContract: (recorded: RecordedEvent): ContractEvent | undefined => {
    if (recorded.type !== 'SignalNoted') return undefined;
    const { registryStatus, receivedAt } = recorded.data as unknown as SignalNotedData;
    if (registryStatus === undefined) return undefined;
    const ids = recorded.stream.slice('signal-'.length);
    const organizationId = ids.slice(0, UUID_LENGTH);
    const personId = ids.slice(UUID_LENGTH + 1);
    const { id, revision, position, recordedAt } = recorded;
    const data: RegistryStatusSignalled = { organizationId, personId, registryStatus, receivedAt };
    return { id, type: 'RegistryStatusSignalled', key: personId, revision, position, recordedAt, data };
  },
};
