import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/**
 * Nest's own messages as structured logs: warnings and errors only, and of an error only its context, because Nest
 * passes error texts and stacks that can quote input.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {
    // Nest's start-up chatter is of no use to an operator.
  }

  warn(_message: unknown, ...rest: unknown[]): void {
    this.logger.warn('nest.warning', { context: contextOf(rest) });
  }

  error(_message: unknown, ...rest: unknown[]): void {
    this.logger.error('nest.error', { context: contextOf(rest) });
  }
}

const contextOf = (rest: readonly unknown[]): string => {
  const context = rest.at(-1);
  return typeof context === 'string' && context.length < 60 ? context : 'unknown';
};
