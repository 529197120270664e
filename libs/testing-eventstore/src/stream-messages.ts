import { AllStreamPosition, Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { type ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { type BackedEvent } from './backing-store.js';

/** The server tells times in ticks of 100 ns since 1970. */
const TICKS_PER_MILLISECOND = 10_000n;

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export const identifierOf = (stream: string): StreamIdentifier => {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  return identifier;
};

export const streamOf = (identifier: StreamIdentifier | undefined): string =>
  identifier === undefined ? '' : utf8(identifier.getStreamName_asU8());

/** The position of an event of the backing store, as the log of the server has it. */
export const placeOf = (position: string): AllStreamPosition => {
  const place = new AllStreamPosition();
  place.setCommitPosition(position);
  place.setPreparePosition(position);
  return place;
};

export const eventMessage = (event: BackedEvent): ReadResp => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(event.position);
  recorded.setPreparePosition(event.position);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', 'application/json');
  recorded
    .getMetadataMap()
    .set('created', String(BigInt(Date.parse(event.recordedAt)) * TICKS_PER_MILLISECOND));
  recorded.setData(Buffer.from(JSON.stringify(event.data)));
  recorded.setCustomMetadata(Buffer.from(JSON.stringify(event.metadata)));
  const read = new ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(event.position);
  const response = new ReadResp();
  response.setEvent(read);
  return response;
};

export const absentMessage = (stream: string): ReadResp => {
  const absent = new ReadResp.StreamNotFound();
  absent.setStreamIdentifier(identifierOf(stream));
  const response = new ReadResp();
  response.setStreamNotFound(absent);
  return response;
};

export const confirmationMessage = (id: string): ReadResp => {
  const confirmation = new ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const response = new ReadResp();
  response.setConfirmation(confirmation);
  return response;
};

export const checkpointMessage = (position: string): ReadResp => {
  const checkpoint = new ReadResp.Checkpoint();
  checkpoint.setCommitPosition(position);
  checkpoint.setPreparePosition(position);
  const response = new ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
};

export const caughtUpMessage = (): ReadResp => {
  const response = new ReadResp();
  response.setCaughtUp(new ReadResp.CaughtUp());
  return response;
};

export const empty = (): Empty => new Empty();

export interface SubscriptionFilter {
  readonly wants: (event: BackedEvent) => boolean;
  /** Events passed over after which a checkpoint is told. */
  readonly checkpointAfter: number;
}

/** How many events a real server looks at between two checkpoints unless told otherwise. */
const SEARCH_WINDOW = 32;

export const filterOf = (options: ReadReq.Options): SubscriptionFilter => {
  const filter = options.getFilter();
  if (filter === undefined) return { wants: () => true, checkpointAfter: Infinity };
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const matches = (text: string): boolean =>
    prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text);
  const window = filter.hasMax() ? filter.getMax() : SEARCH_WINDOW;
  return {
    wants: ({ stream, type }) => matches(byStream ? stream : type),
    checkpointAfter: Math.max(1, filter.getCheckpointintervalmultiplier()) * window,
  };
};
