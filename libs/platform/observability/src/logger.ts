import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

/** Values that may be logged: codes, ids of streams and clients, counts. Never names, dates of birth, doses or message text. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured logs, one JSON object a line. There is no way to log an object's content or an error's text through it. */
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export const LOGGER = Symbol('Logger');

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** @param destination standard output unless given */
export const createLogger = (level: LogLevel, destination?: DestinationStream): Logger => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const logger: PinoLogger = destination === undefined ? pino(options) : pino(options, destination);
  return {
    info: (event, fields) => logger.info({ ...fields, event }),
    warn: (event, fields) => logger.warn({ ...fields, event }),
    error: (event, fields) => logger.error({ ...fields, event }),
  };
};

/** Code or class of an error, fit to be logged: an error's text can quote its input. */
export const errorCode = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'UNKNOWN';
};
