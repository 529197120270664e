import { ErrorType, type WrongExpectedVersionError, isCommandError } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { AppendOutcomeUnknown, StoreUnavailable } from './event-store.port.js';

/** Type of the client's errors, or gRPC code of those it lets through as they are while a server is down. */
const kindOf = (error: unknown): ErrorType | number | undefined => {
  if (!(error instanceof Error)) return undefined;
  const type = isCommandError(error) ? error.type : undefined;
  if (type !== undefined && type !== ErrorType.UNKNOWN) return type;
  return 'code' in error && typeof error.code === 'number' ? error.code : undefined;
};

const isOneOf = (error: unknown, kinds: readonly (ErrorType | number)[]): boolean => {
  const kind = kindOf(error);
  return kind !== undefined && kinds.includes(kind);
};

export const isAbsentStream = (error: unknown): boolean => isOneOf(error, [ErrorType.STREAM_NOT_FOUND]);

export const isWrongRevision = (error: unknown): error is WrongExpectedVersionError =>
  isOneOf(error, [ErrorType.WRONG_EXPECTED_VERSION]);

/** The answer of a follower: nothing was done, and the client goes to the leader with its next call. */
export const isNotLeader = (error: unknown): boolean => isOneOf(error, [ErrorType.NOT_LEADER]);

export const isTooLarge = (error: unknown): boolean =>
  isOneOf(error, [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]);

/** No later attempt fares better: somebody has to act. */
export const isRefused = (error: unknown): boolean =>
  isOneOf(error, [
    ErrorType.ACCESS_DENIED,
    ErrorType.STREAM_DELETED,
    ErrorType.INVALID_ARGUMENT,
    ErrorType.UNSUPPORTED,
    status.INVALID_ARGUMENT,
    status.PERMISSION_DENIED,
    status.UNAUTHENTICATED,
    status.UNIMPLEMENTED,
  ]);

/**
 * True if the server surely did not begin with the call: it refused it, or no connection was there to send it on. What
 * gRPC says of the latter is known by its text alone.
 */
const wasNotBegun = (error: unknown): boolean =>
  isRefused(error) ||
  isNotLeader(error) ||
  (error instanceof Error &&
    /No connection established|Waiting for LB pick|Name resolution failed|Failed to discover|Server Is Not Ready|Server Is Too Busy/.test(
      error.message,
    ));

/** What a failed append means; never called for a wrong revision. */
export const appendError = (error: unknown): Error => {
  if (isTooLarge(error)) {
    return new RangeError('The append is larger than the server takes', { cause: error });
  }
  return wasNotBegun(error) ? unavailable(error) : unknownOutcome(error);
};

/** The text of the server's error is kept as cause alone: it may name streams. */
export const unavailable = (cause?: unknown): StoreUnavailable =>
  new StoreUnavailable('The event store is unavailable', { cause });

export const unknownOutcome = (cause?: unknown): AppendOutcomeUnknown =>
  new AppendOutcomeUnknown('The event store went away during an append', { cause });

export const closedError = (): StoreUnavailable => new StoreUnavailable('The event store is closed');
