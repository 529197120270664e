import { createHmac, randomBytes } from 'node:crypto';
import { open, type KeyReader } from '@registry/content-keys';
import { submissionStream } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';

/** Looked at together; twice as many each time. */
const FIRST_LOOK = 16;
const LARGEST_LOOK = 512;
/** Contents known by heart of one name, and of all together. Beyond that a sender's repetitions are not recognized as such. */
const MOST_OF_NAME = 100_000;
const MOST = 200_000;
const MOST_NAMES = 1_000;
const COUNTED_EVERY = 1_000;

/**
 * The contents that came under one name of a sender, by the counter of their submissions. Kept as digests under a key that this process made
 * up and that never leaves it, so that they are worth nothing to anybody else.
 */
export class ContentsOfName {
  private readonly counters = new Map<string, number>();
  private next = 0;

  constructor(private readonly secret: Buffer) {}

  get size(): number {
    return this.counters.size;
  }

  /** Where this content is, or else is to go: nobody else is told the same place. */
  placeOf(plaintext: string): number {
    const digest = this.digestOf(plaintext);
    const known = this.counters.get(digest);
    if (known !== undefined) return known;
    const counter = this.next;
    this.note(counter, digest);
    return counter;
  }

  /** The content is not at its place after all: another is there, or it was destroyed. */
  moveOn(plaintext: string): number {
    this.counters.delete(this.digestOf(plaintext));
    return this.placeOf(plaintext);
  }

  /** @param plaintext undefined: destroyed */
  found(counter: number, plaintext: string | undefined): void {
    if (plaintext === undefined) this.next = Math.max(this.next, counter + 1);
    else this.note(counter, this.digestOf(plaintext));
  }

  private note(counter: number, digest: string): void {
    this.counters.set(digest, counter);
    this.next = Math.max(this.next, counter + 1);
    if (this.counters.size <= MOST_OF_NAME) return;
    const oldest = this.counters.keys().next();
    if (oldest.done !== true) this.counters.delete(oldest.value);
  }

  private digestOf(plaintext: string): string {
    return createHmac('sha256', this.secret).update(plaintext).digest('base64url');
  }
}

/**
 * Names that senders use again for other contents, as broken senders do for all they send (DOMAIN 6). Without it the n-th content of a name
 * would be tried at n places. What is forgotten is learnt again from the store.
 */
export class ReusedNames {
  private readonly secret = randomBytes(32);
  /** The name used last comes last. */
  private readonly names = new Map<string, ContentsOfName>();
  private readonly learning = new Map<string, Promise<ContentsOfName>>();
  private uses = 0;

  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyReader,
  ) {}

  /**
   * @param first the name's first submission id, which stands for the name
   * @returns what came under the name; undefined: not known to be used again, or not for long
   */
  known(first: string): ContentsOfName | undefined {
    const contents = this.names.get(first);
    if (contents === undefined) return undefined;
    this.names.delete(first);
    this.names.set(first, contents);
    this.uses += 1;
    if (this.uses % COUNTED_EVERY === 0) this.makeRoom();
    return contents;
  }

  /** Looks at all that came under the name. @throws StoreUnavailable */
  async learn(first: string, idOf: (counter: number) => string): Promise<ContentsOfName> {
    const known = this.known(first);
    if (known !== undefined) return known;
    const learning = this.learning.get(first) ?? this.look(idOf);
    this.learning.set(first, learning);
    try {
      const contents = await learning;
      this.names.set(first, contents);
      if (this.names.size > MOST_NAMES) this.makeRoom();
      return contents;
    } finally {
      this.learning.delete(first);
    }
  }

  private async look(idOf: (counter: number) => string): Promise<ContentsOfName> {
    const contents = new ContentsOfName(this.secret);
    for (let from = 0, count = FIRST_LOOK; ; from += count, count = Math.min(2 * count, LARGEST_LOOK)) {
      const streams = Array.from({ length: count }, (_, index) => submissionStream(idOf(from + index)));
      const [heads, keys] = await Promise.all([this.store.heads(streams), this.keys.getMany(streams)]);
      for (const [index, head] of heads.entries()) {
        if (head === undefined) continue;
        const key = keys.get(head.stream);
        const receipt = head.revision === 0 ? head : (await this.store.read(head.stream, { limit: 1 }))[0];
        const sealed = receipt?.data['sealed'];
        const isKept = key !== undefined && typeof sealed === 'string';
        contents.found(from + index, isKept ? open(key, head.stream, sealed).toString('utf8') : undefined);
      }
      // An append that failed leaves a gap of one, not of so many.
      if (heads.every((head) => head === undefined)) return contents;
    }
  }

  private makeRoom(): void {
    let contents = 0;
    for (const { size } of this.names.values()) contents += size;
    for (const [first, { size }] of this.names) {
      if (contents <= MOST && this.names.size <= MOST_NAMES) return;
      this.names.delete(first);
      contents -= size;
    }
  }
}
