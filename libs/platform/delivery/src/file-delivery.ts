import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotDelivered, type Delivery, type OutgoingMessage } from './delivery.port.js';

/**
 * Messages as files in a folder, for a print shop or a mail system that collects them: one JSON file each, readable by the owner alone, there
 * as a whole or not at all. Whoever takes a file takes it away; the folder keeps no copy.
 */
export class FileDelivery implements Delivery {
  private constructor(private readonly folder: string) {}

  /** Makes the folder, mode 0700, where it is missing. */
  static async open(folder: string): Promise<FileDelivery> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return new FileDelivery(folder);
  }

  async deliver(message: OutgoingMessage): Promise<void> {
    const place = join(this.folder, `${message.id}.json`);
    const draft = join(this.folder, `.${message.id}.tmp`);
    try {
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(message));
        await file.sync();
      } finally {
        await file.close();
      }
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
      throw new NotDelivered('unreachable');
    }
    // From here on it may be there, whatever is thrown.
    await rename(draft, place);
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
