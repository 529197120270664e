import { join } from 'node:path';
import { FileDelivery, SmtpDelivery, type Delivery } from '@registry/delivery';
import type { Configuration } from '@registry/runtime';

/** The adapter that the configuration picks. */
export const openDelivery = async (configuration: Configuration): Promise<Delivery> => {
  const letters = await FileDelivery.open(join(configuration.DATA_DIR, 'outbox'));
  const { DELIVERY, SMTP_URL = '', SMTP_FROM = '' } = configuration;
  return DELIVERY === 'file' ? letters : new SmtpDelivery({ url: SMTP_URL, from: SMTP_FROM, letters });
};
