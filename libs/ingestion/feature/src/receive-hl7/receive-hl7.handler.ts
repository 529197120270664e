import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { acknowledgeBatch, decodeMessage, readBatch, type Hl7Problem } from '@registry/hl7v2';
import { ConsumerRegistry } from '@registry/messaging';
import { CLOCK, type Clock } from '@registry/runtime';
import { SubmissionIntake } from '../intake/submission-intake.js';
import { SubmissionTally } from '../quality/submission-tally.js';
import { MessageReader } from './message-reader.js';

/** HL7 v2 as it came over the wire: one message or a batch. */
export class ReceiveHl7 {
  constructor(
    readonly bytes: Uint8Array,
    readonly caller: Caller,
  ) {}
}

/** Messages of a batch that are taken before others are let in, and before it is looked whether consumers keep up. */
const SLICE = 50;

/** Answers each message with its ACK once everything that the ACK calls taken is durable, as one unit. */
@CommandHandler(ReceiveHl7)
export class ReceiveHl7Handler implements ICommandHandler<ReceiveHl7, string> {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reader: MessageReader,
    private readonly intake: SubmissionIntake,
    private readonly tally: SubmissionTally,
    private readonly consumers: ConsumerRegistry,
  ) {}

  async execute({ bytes, caller }: ReceiveHl7): Promise<string> {
    const { text, problems } = decodeMessage(bytes);
    const batch = readBatch(text);
    if (batch.kind === 'single') return this.take(text, problems, caller);
    const taken: Promise<string>[] = [];
    for (const [index, message] of batch.messages.entries()) {
      // Begun in their order and kept in it; those under way share their commits.
      const acknowledgment = this.take(message, problems, caller);
      // One that fails is heard of below, with the others settled.
      acknowledgment.catch(() => undefined);
      taken.push(acknowledgment);
      if (index % SLICE === SLICE - 1) await this.consumers.whileLate();
    }
    await Promise.allSettled(taken);
    return acknowledgeBatch(batch, await Promise.all(taken), this.envelope());
  }

  private async take(text: string, decoding: readonly Hl7Problem[], caller: Caller): Promise<string> {
    const { organizationId, processingIds, clientId } = caller;
    const read = await this.reader.read({
      text,
      decoding,
      sender: { organizationId, processingIds },
      envelope: this.envelope(),
    });
    let reused = false;
    if (read.submission !== undefined) {
      const { facility, controlId, content } = read.submission;
      ({ reused } = await this.intake.keep({ clientId, facility, controlId }, content, caller));
    }
    this.tally.message(caller, read, reused);
    return read.acknowledgment;
  }

  private envelope(): { readonly controlId: string; readonly sentAt: string } {
    // Twenty characters, as many as MSH-10 has in versions before 2.7; Node draws UUIDs in stock, bytes one by one.
    return {
      controlId: randomUUID().replaceAll('-', '').slice(0, 20),
      sentAt: this.clock.now().toISOString(),
    };
  }
}
