import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '@registry/access';
import {
  CONTENT_KEYS,
  digest,
  KEY_RING,
  newContentKey,
  seal,
  type ContentKeys,
  type KeyRing,
} from '@registry/content-keys';
import { submissionStream } from '@registry/contracts';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import { decideSubmission, initialSubmissionState } from '@registry/ingestion-domain';
import { derivedEventId } from '@registry/messaging';
import { ReusedNames } from './reused-names.js';
import { controlIdHashOf, submissionIdOf, type SubmissionName } from './submission-id.js';
import type { WrittenContent } from './written-content.js';

/**
 * The one way in for whatever upstream sends: sealed under a key of its own, stored once, durable when `keep` resolves. Submissions kept
 * at the same time share their commits.
 */
@Injectable()
export class SubmissionIntake {
  private readonly reusedNames: ReusedNames;

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(KEY_RING) private readonly keyRing: KeyRing,
  ) {
    this.reusedNames = new ReusedNames(store, contentKeys);
  }

  /**
   * Stores a submission unless the same client sent the same content under this name before. Another content of that name is another
   * submission (DOMAIN 6).
   * @returns whether the name was used before for another content
   */
  async keep(name: SubmissionName, content: WrittenContent, caller: Caller): Promise<{ reused: boolean }> {
    const idOf = (counter: number) => submissionIdOf(this.keyRing, name, counter);
    const isKeptAs = async (submissionId: string): Promise<boolean> =>
      (await this.keepAs(submissionId, name, content, caller)) === 'kept';
    const first = idOf(0);
    let contents = this.reusedNames.known(first);
    if (contents === undefined && (await isKeptAs(first))) return { reused: false };
    contents ??= await this.reusedNames.learn(first, idOf);
    let counter = contents.placeOf(content.text);
    // Another process may have put another content there.
    while (!(await isKeptAs(idOf(counter)))) counter = contents.moveOn(content.text);
    return { reused: counter > 0 };
  }

  /**
   * Stores a submission whose name its sender vouches for, as with an idempotency key. One whose content was suppressed was taken, too.
   * @throws NameReused the name was used before for another content
   */
  async keepOnce(name: SubmissionName, content: WrittenContent, caller: Caller): Promise<void> {
    const submissionId = submissionIdOf(this.keyRing, name, 0);
    const outcome = await this.keepAs(submissionId, name, content, caller);
    if (outcome === 'other-content') throw new NameReused();
  }

  private async keepAs(
    submissionId: string,
    name: SubmissionName,
    { kind, text }: WrittenContent,
    caller: Caller,
  ): Promise<'kept' | 'destroyed' | 'other-content'> {
    const stream = submissionStream(submissionId);
    let key: Uint8Array;
    try {
      // Durable before the append. Whoever comes second under this id gets the first one's key, and with it the same digest.
      key = await this.contentKeys.put(stream, newContentKey());
    } catch (error) {
      // The content under this id was suppressed, and its digest with it: this is another submission as far as can be told.
      if (isDestroyed(error)) return 'destroyed';
      throw error;
    }
    const contentDigest = digest(key, text);
    const [event] = decideSubmission(
      {
        type: 'ReceiveSubmission',
        received: {
          clientId: caller.clientId,
          organizationId: caller.organizationId,
          kind,
          controlIdHash: controlIdHashOf(this.keyRing, name),
          sealed: seal(key, stream, text),
          digest: contentDigest,
        },
      },
      initialSubmissionState,
    );
    if (event === undefined) return 'kept';
    try {
      await this.store.append(stream, 'none', [
        {
          id: derivedEventId(submissionId, contentDigest),
          type: event.type,
          data: event.data,
          metadata: { schemaVersion: 1, actor: caller.clientId },
        },
      ]);
      return 'kept';
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const [first] = await this.store.read(stream, { limit: 1 });
      return first?.data['digest'] === contentDigest ? 'kept' : 'other-content';
    }
  }
}

/** An idempotency key was used for another command. */
export class NameReused extends Error {
  readonly code = 'IDEMPOTENCY.KEY_REUSED';
}

const isDestroyed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'KEYS.DESTROYED';
