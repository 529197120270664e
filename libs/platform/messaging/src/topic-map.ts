import type { ContractEvent } from '@registry/contracts';
import type { RecordedEvent } from '@registry/event-store';
import type { TopicDeclaration } from './messaging.port.js';

/** What a topic publishes of a stored event, with the trace that it came from. */
export const contractOf = (
  toContract: TopicDeclaration['toContract'],
  event: RecordedEvent,
): ContractEvent | undefined => {
  const contract = toContract(event);
  const traceparent = event.metadata['traceparent'];
  return contract === undefined || typeof traceparent !== 'string' ? contract : { ...contract, traceparent };
};
