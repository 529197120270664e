import { type UUID } from '@eventstore/db-client/generated/shared_pb';
import { type AppendReq, type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { type BackedExpectation, type BackingStore, conflictOf } from './backing-store.js';

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What a real server takes in one append unless it is configured otherwise. */
export const MOST_BYTES = 1024 * 1024;

/** What the client asked the fake that it cannot do, or no server would. */
export class InvalidRequest extends Error {}

export class AppendTooLarge extends Error {}

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
  readonly bytes: number;
}

export type Expectation = BackedExpectation | 'exists';

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: string }
  | { readonly kind: 'conflict'; readonly actual: number | undefined };

const jsonOf = (bytes: Uint8Array): object => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new InvalidRequest('The fake keeps objects only');
  return value;
};

/** @throws InvalidRequest no UUID, no type, or contents that are not JSON */
export const proposedEvent = (
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
): ProposedEvent => {
  const id = idOf(message.getId());
  const type = message.getMetadataMap().get('type') ?? '';
  const contentType = message.getMetadataMap().get('content-type');
  if (type === '' || contentType !== 'application/json') throw new InvalidRequest('No type, or no JSON');
  const [data, metadata] = [message.getData_asU8(), message.getCustomMetadata_asU8()];
  return {
    id,
    type,
    data: jsonOf(data),
    metadata: metadata.length === 0 ? {} : jsonOf(metadata),
    bytes: data.length + metadata.length,
  };
};

const idOf = (uuid: UUID | undefined): string => {
  const text = uuid?.hasString() === true ? uuid.getString() : '';
  if (!UUID_TEXT.test(text)) throw new InvalidRequest('An event id is no UUID');
  return text.toLowerCase();
};

/** Appends as a real server does. @throws AppendTooLarge */
export const append = async (
  store: BackingStore,
  stream: string,
  expected: Expectation,
  events: readonly ProposedEvent[],
): Promise<AppendOutcome> => {
  if (events.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) throw new AppendTooLarge();
  if (expected === 'exists') {
    const [head] = await store.read(stream, { direction: 'backwards', limit: 1 });
    if (head === undefined) return { kind: 'conflict', actual: undefined };
  }
  try {
    const backed = events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
    const { revision, position } = await store.append(
      stream,
      expected === 'exists' ? 'any' : expected,
      backed,
    );
    return { kind: 'appended', revision, position };
  } catch (error) {
    const conflict = conflictOf(error);
    if (conflict === null) throw error;
    return { kind: 'conflict', actual: conflict.actual };
  }
};
