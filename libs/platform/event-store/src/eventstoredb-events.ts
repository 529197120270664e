import { createHash } from 'node:crypto';
import { type EventData, type RecordedEvent as StoredEvent, jsonEvent } from '@eventstore/db-client';
import { type EventMetadata, type JsonObject, type RecordedEvent } from './event-store.port.js';
import { positionOf } from './eventstoredb-positions.js';
import { type EventText, parseData, parseMetadata } from './new-events.js';
import { StoreUnusable } from './store-errors.js';

/** What the server says instead of a position it does not know: releases before 22.6, in reads of a stream. */
const NO_POSITION = 2n ** 64n - 1n;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ID_NAMESPACE = Buffer.from('b0f1cbf1a5d84c0f9d1e5b8a4c1f7a32', 'hex');

/** The server takes UUIDs only: another id stands there as a UUIDv5 of itself, and in the metadata as it is. */
const storedId = (id: string): string => {
  if (UUID.test(id)) return id;
  const hash = createHash('sha1').update(ID_NAMESPACE).update(id).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** Keys of ours in the stored metadata. The server's own projections know the last two by these names. */
const RECORDED_AT = '$recordedAt';
const ID = '$id';
const CORRELATION_ID = '$correlationId';
const CAUSATION_ID = '$causationId';

/** An event as it goes to the server. */
export const toStored = (event: EventText, recordedAt: string): EventData => {
  const metadata = parseMetadata(event.metadata);
  const id = storedId(event.id);
  return jsonEvent({
    id,
    type: event.type,
    data: parseData(event.data),
    metadata: {
      ...metadata,
      [RECORDED_AT]: recordedAt,
      ...(id !== event.id && { [ID]: event.id }),
      ...(metadata.correlationId !== undefined && { [CORRELATION_ID]: metadata.correlationId }),
      ...(metadata.causationId !== undefined && { [CAUSATION_ID]: metadata.causationId }),
    },
  });
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/**
 * An event as it came from the server. The client hands over as text, without a word, what it cannot parse.
 * @throws StoreUnusable it is none of ours, or the server is too old to say where in the log it stands
 */
export const fromStored = (stored: StoredEvent): RecordedEvent => {
  const { position, data, metadata } = stored;
  if (position === undefined || position.commit === NO_POSITION) {
    throw new StoreUnusable('The event store needs EventStoreDB 23.10 or later: a read had no log position');
  }
  if (!isObject(data) || !isObject(metadata) || typeof metadata['schemaVersion'] !== 'number') {
    throw new StoreUnusable('The event store holds an event that is none of the registry');
  }
  const {
    [RECORDED_AT]: recordedAt,
    [ID]: id,
    [CORRELATION_ID]: _correlation,
    [CAUSATION_ID]: _causation,
    ...rest
  } = metadata;
  return {
    id: typeof id === 'string' ? id : stored.id,
    type: stored.type,
    data,
    metadata: rest as EventMetadata,
    stream: stored.streamId,
    revision: Number(stored.revision),
    position: positionOf(position),
    recordedAt: typeof recordedAt === 'string' ? recordedAt : stored.created.toISOString(),
  };
};
