import { randomBytes } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
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
import { submissionStream, type SubmissionContent } from '@registry/contracts';
import { EVENT_STORE, RevisionConflict, type EventStore } from '@registry/event-store';
import { acknowledge, parseMessage, readVxu } from '@registry/hl7v2';
import { decideSubmission, initialSubmissionState } from '@registry/ingestion-domain';
import { derivedEventId } from '@registry/messaging';
import { CLOCK, type Clock } from '@registry/runtime';
import { controlIdHashOf, submissionIdOf, type MessageName } from './submission-id.js';
import { contentOf } from './vxu-content.js';

/** One HL7 v2 message as it came over the wire. */
export class ReceiveHl7 {
  constructor(
    readonly message: string,
    readonly caller: Caller,
  ) {}
}

/** Answers a message with its ACK once everything that the ACK calls taken is durable, as one unit. */
@CommandHandler(ReceiveHl7)
export class ReceiveHl7Handler implements ICommandHandler<ReceiveHl7, string> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(KEY_RING) private readonly keyRing: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ message, caller }: ReceiveHl7): Promise<string> {
    const now = this.clock.now().toISOString();
    const parsed = parseMessage(message);
    const reading = readVxu(parsed, {
      receivedOn: now.slice(0, 10),
      acceptedProcessingIds: caller.processingIds,
    });
    if (reading.outcome !== 'rejected') {
      const { header } = reading.vxu;
      const name: MessageName = {
        clientId: caller.clientId,
        facility: header.sendingFacility?.namespace ?? header.sendingFacility?.universalId ?? '',
        controlId: header.controlId,
      };
      await this.keep(name, contentOf(reading.vxu, message, caller.organizationId), caller);
    }
    // But for its own id and time a pure function of the message and the client's configuration (DOMAIN 6).
    return acknowledge(parsed, reading, { controlId: randomBytes(10).toString('hex'), sentAt: now });
  }

  /** Stores a submission unless the same client sent the same content under this control id before. */
  private async keep(name: MessageName, content: SubmissionContent, caller: Caller): Promise<void> {
    const plaintext = JSON.stringify(content);
    for (let counter = 0; ; counter += 1) {
      const submissionId = submissionIdOf(this.keyRing, name, counter);
      if (await this.keepAs(submissionId, name, plaintext, caller)) return;
    }
  }

  /** @returns false if another content has this id */
  private async keepAs(
    submissionId: string,
    name: MessageName,
    plaintext: string,
    caller: Caller,
  ): Promise<boolean> {
    const stream = submissionStream(submissionId);
    let key: Uint8Array;
    try {
      // Durable before the append. Whoever comes second under this id gets the first one's key, and with it the same digest.
      key = await this.contentKeys.put(stream, newContentKey());
    } catch (error) {
      // The content under this id was suppressed, and its digest with it: this is another submission as far as can be told.
      if (isDestroyed(error)) return false;
      throw error;
    }
    const contentDigest = digest(key, plaintext);
    const [event] = decideSubmission(
      {
        type: 'ReceiveSubmission',
        received: {
          clientId: caller.clientId,
          organizationId: caller.organizationId,
          kind: 'vxu',
          controlIdHash: controlIdHashOf(this.keyRing, name),
          sealed: seal(key, stream, plaintext),
          digest: contentDigest,
        },
      },
      initialSubmissionState,
    );
    if (event === undefined) return true;
    try {
      await this.store.append(stream, 'none', [
        {
          id: derivedEventId(submissionId, contentDigest),
          type: event.type,
          data: event.data,
          metadata: { schemaVersion: 1, actor: caller.clientId },
        },
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const [first] = await this.store.read(stream, { limit: 1 });
      return first?.data['digest'] === contentDigest;
    }
  }
}

const isDestroyed = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'KEYS.DESTROYED';
