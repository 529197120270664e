import {
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import {
  AccessDenied,
  type UUID,
  MaximumAppendSizeExceeded,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import {
  type AppendReq,
  AppendResp,
  type BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty as WellKnownEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { type BackingStore } from './backing-store.js';
import { type Fault, type Faults } from './faults.js';
import {
  type AppendOutcome,
  AppendTooLarge,
  type Expectation,
  InvalidRequest,
  MOST_BYTES,
  type ProposedEvent,
  append,
  proposedEvent,
} from './proposed-append.js';
import { empty, identifierOf, placeOf, streamOf } from './stream-messages.js';

/** What the calls for appends need of the server they are part of. */
export interface AppendHost {
  readonly store: BackingStore;
  readonly faults: Faults;
  readonly breakConnections: () => void;
}

interface Proposal {
  readonly stream: string;
  readonly expected: Expectation;
  readonly events: readonly ProposedEvent[];
}

/** The outcome, or undefined if a fault wants that nobody hears of it. @throws FaultError */
const perform = async (host: AppendHost, proposal: Proposal): Promise<AppendOutcome | undefined> => {
  const { stream, expected, events } = proposal;
  const fault = host.faults.take('append');
  if (fault?.kind === 'error') throw new FaultError(fault);
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
  const isLost = fault?.kind === 'silence' || fault?.kind === 'disconnect';
  const outcome =
    !isLost || fault.commit === true ? await append(host.store, stream, expected, events) : undefined;
  if (fault?.kind === 'disconnect') host.breakConnections();
  return isLost ? undefined : outcome;
};

class FaultError extends Error {
  constructor(readonly fault: Extract<Fault, { kind: 'error' }>) {
    super(fault.details ?? 'A fault that was asked for');
  }
}

/** `Append`: one call per append, its events one message each. */
export const appendCall =
  (host: AppendHost) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, callback: sendUnaryData<AppendResp>): void => {
    const answer = async (): Promise<void> => {
      let options: AppendReq.Options | undefined;
      const events: ProposedEvent[] = [];
      for await (const request of call as AsyncIterable<AppendReq>) {
        options ??= request.getOptions();
        const message = request.getProposedMessage();
        if (message !== undefined) events.push(proposedEvent(message));
      }
      if (options === undefined) throw new InvalidRequest('No options');
      const expected = expectedBy(options);
      const stream = streamOf(options.getStreamIdentifier());
      const outcome = await perform(host, { stream, expected, events });
      if (outcome !== undefined) callback(null, appendResponse(expected, outcome));
    };
    answer().catch((error: unknown) => callback(serviceError(error)));
  };

const expectedBy = (options: AppendReq.Options): Expectation => {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return 'none';
  return options.hasStreamExists() ? 'exists' : 'any';
};

const appendResponse = (expected: Expectation, outcome: AppendOutcome): AppendResp => {
  const response = new AppendResp();
  if (outcome.kind === 'appended') {
    const success = new AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    const position = new AppendResp.Position();
    position.setCommitPosition(outcome.position);
    position.setPreparePosition(outcome.position);
    success.setPosition(position);
    response.setSuccess(success);
    return response;
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.actual === undefined) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(String(outcome.actual));
  if (typeof expected === 'number') wrong.setExpectedRevision(String(expected));
  else if (expected === 'none') wrong.setExpectedNoStream(empty());
  else if (expected === 'exists') wrong.setExpectedStreamExists(empty());
  else wrong.setExpectedAny(empty());
  response.setWrongExpectedVersion(wrong);
  return response;
};

const serviceError = (error: unknown): { code: status; details: string; metadata?: Metadata } => {
  if (error instanceof FaultError) return { code: error.fault.code, details: error.message };
  if (error instanceof AppendTooLarge) {
    const metadata = new Metadata();
    metadata.set('exception', 'maximum-append-size-exceeded');
    metadata.set('maximum-append-size', String(MOST_BYTES));
    return { code: status.INVALID_ARGUMENT, details: 'Maximum Append Size Exceeded.', metadata };
  }
  if (error instanceof InvalidRequest) return { code: status.INVALID_ARGUMENT, details: error.message };
  return { code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
};

interface UnfinishedBatch {
  readonly options: BatchAppendReq.Options;
  readonly events: ProposedEvent[];
}

/** `BatchAppend`: one call for all appends of a client, told apart by correlation ids. */
export const batchAppendCall =
  (host: AppendHost) =>
  (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void => {
    const unfinished = new Map<string, UnfinishedBatch>();
    const take = async (request: BatchAppendReq): Promise<void> => {
      const correlation = request.getCorrelationId();
      const key = correlation?.getString() ?? '';
      const options = request.getOptions() ?? unfinished.get(key)?.options;
      if (options === undefined) return;
      const batch = unfinished.get(key) ?? { options, events: [] };
      unfinished.set(key, batch);
      const expected = batchExpectedBy(options);
      const stream = streamOf(options.getStreamIdentifier());
      try {
        batch.events.push(...request.getProposedMessagesList().map(proposedEvent));
        if (!request.getIsFinal()) return;
        unfinished.delete(key);
        const outcome = await perform(host, { stream, expected, events: batch.events });
        if (outcome !== undefined) call.write(batchResponse(correlation, stream, expected, outcome));
      } catch (error) {
        // A fault that was asked for is one of the call, not of this append.
        if (error instanceof FaultError) call.emit('error', serviceError(error));
        else call.write(batchFailure(correlation, stream, error));
      }
    };
    call.on('data', (request: BatchAppendReq) => void take(request));
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  };

const batchExpectedBy = (options: BatchAppendReq.Options): Expectation => {
  if (options.hasStreamPosition()) return Number(options.getStreamPosition());
  if (options.hasNoStream()) return 'none';
  return options.hasStreamExists() ? 'exists' : 'any';
};

const answerTo = (correlation: UUID | undefined, stream: string): BatchAppendResp => {
  const response = new BatchAppendResp();
  response.setCorrelationId(correlation);
  response.setStreamIdentifier(identifierOf(stream));
  return response;
};

const batchResponse = (
  correlation: UUID | undefined,
  stream: string,
  expected: Expectation,
  outcome: AppendOutcome,
): BatchAppendResp => {
  const response = answerTo(correlation, stream);
  if (outcome.kind === 'appended') {
    const success = new BatchAppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    success.setPosition(placeOf(outcome.position));
    response.setSuccess(success);
    return response;
  }
  const wrong = new WrongExpectedVersion();
  if (outcome.actual === undefined) wrong.setCurrentNoStream(new WellKnownEmpty());
  else wrong.setCurrentStreamRevision(String(outcome.actual));
  if (typeof expected === 'number') wrong.setExpectedStreamPosition(String(expected));
  else if (expected === 'none') wrong.setExpectedNoStream(new WellKnownEmpty());
  else if (expected === 'exists') wrong.setExpectedStreamExists(new WellKnownEmpty());
  else wrong.setExpectedAny(new WellKnownEmpty());
  response.setError(statusOf(wrong, 'WrongExpectedVersion'));
  return response;
};

const batchFailure = (correlation: UUID | undefined, stream: string, error: unknown): BatchAppendResp => {
  const response = answerTo(correlation, stream);
  if (error instanceof AppendTooLarge) {
    const tooLarge = new MaximumAppendSizeExceeded();
    tooLarge.setMaxappendsize(MOST_BYTES);
    response.setError(statusOf(tooLarge, 'MaximumAppendSizeExceeded'));
  } else {
    response.setError(statusOf(new AccessDenied(), 'AccessDenied'));
  }
  return response;
};

const statusOf = (details: { serializeBinary(): Uint8Array }, name: string): Status => {
  const any = new Any();
  any.pack(details.serializeBinary(), `event_store.client.${name}`);
  const failed = new Status();
  failed.setMessage(name);
  failed.setDetails(any);
  return failed;
};
