import type { ConsumerTrouble } from '@registry/messaging';
import type { Logger } from '@registry/observability';

/** Consumers' troubles as log lines: groups, codes and keys (ids), nothing of a message. */
export const consumerTroubleLog =
  (logger: Logger) =>
  (trouble: ConsumerTrouble): void =>
    trouble.kind === 'dead-letter'
      ? logger.error('consumer.dead-letter', { ...trouble })
      : logger.warn('consumer.trouble', { ...trouble });
