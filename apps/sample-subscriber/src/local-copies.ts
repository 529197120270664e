import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is kept of one person, by the subscriber's own id. */
export interface Copy {
  readonly registryId: string;
  /** The highest that was told: what is older comes late, and counts no more. */
  readonly version: number;
  readonly state: 'available' | 'withdrawn';
  /** As it was fetched. Never of one that is withdrawn. */
  readonly record?: unknown;
  /** The registry has heard that a withdrawn one is deleted. */
  readonly acknowledged?: true;
}

const CURSOR = 'cursor';
const FOLDER_ID = 'folder-id';

/** What was told is of no person that a copy could be kept of. */
export class UnusableId extends Error {
  constructor() {
    super('Not an id');
  }
}

/** Copies as files of a folder that its owner alone can read: one for each person, so that a withdrawn record is gone with its file's content. */
export class LocalCopies {
  private constructor(
    private readonly folder: string,
    private readonly copies: Map<string, Copy>,
    private place: string | undefined,
    /** Random, as old as the folder: whoever keeps elsewhere how far the copies are keeps it under this, since other copies are elsewhere. */
    readonly id: string,
  ) {}

  static async open(folder: string): Promise<LocalCopies> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const copies = new Map<string, Copy>();
    let cursor: string | undefined;
    let id: string | undefined;
    for (const name of await readdir(folder)) {
      if (name === CURSOR) cursor = await readFile(join(folder, name), 'utf8');
      if (name === FOLDER_ID) id = await readFile(join(folder, name), 'utf8');
      if (!name.endsWith('.json')) continue;
      const copy = JSON.parse(await readFile(join(folder, name), 'utf8')) as Copy;
      copies.set(copy.registryId, copy);
    }
    if (id !== undefined) return new LocalCopies(folder, copies, cursor, id);
    const made = new LocalCopies(folder, copies, cursor, randomUUID());
    await made.write(FOLDER_ID, made.id);
    return made;
  }

  get(registryId: string): Copy | undefined {
    return this.copies.get(registryId);
  }

  /** @throws UnusableId */
  async put(copy: Copy): Promise<void> {
    // An id from outside must not name another file.
    if (!/^[0-9A-Za-z-]+$/.test(copy.registryId)) throw new UnusableId();
    await this.write(`${copy.registryId}.json`, JSON.stringify(copy));
    this.copies.set(copy.registryId, copy);
  }

  /** How far the feed was read; undefined: not at all. */
  get cursor(): string | undefined {
    return this.place;
  }

  async reached(cursor: string): Promise<void> {
    if (cursor === this.place) return;
    await this.write(CURSOR, cursor);
    this.place = cursor;
  }

  /** As in `RecordsReconciled`. */
  digest(): { readonly records: number; readonly digest: string } {
    const available = [...this.copies.values()].filter(({ state }) => state === 'available');
    const hash = createHash('sha256');
    for (const { registryId, version } of available.sort((a, b) => (a.registryId < b.registryId ? -1 : 1)))
      hash.update(`${registryId} ${version}\n`);
    return { records: available.length, digest: hash.digest('hex') };
  }

  /** Whole or not at all, whenever the power fails. */
  private async write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }
}
