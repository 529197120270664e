import type { Client } from '@registry/directory-domain';
import type { ClientView } from './client.commands.js';

export const viewOf = ({ keyHash: _, earlierKey, ...client }: Client): ClientView => ({
  ...client,
  ...(earlierKey === undefined ? {} : { earlierKeyUntil: earlierKey.validUntil }),
});
