import { randomBytes } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { acknowledge, parseMessage, readVxu } from '@registry/hl7v2';
import { CLOCK, type Clock } from '@registry/runtime';
import type { SubmissionName } from '../intake/submission-id.js';
import { SubmissionIntake } from '../intake/submission-intake.js';
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
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly intake: SubmissionIntake,
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
      const name: SubmissionName = {
        clientId: caller.clientId,
        facility: header.sendingFacility?.namespace ?? header.sendingFacility?.universalId ?? '',
        controlId: header.controlId,
      };
      await this.intake.keep(name, contentOf(reading.vxu, message, caller.organizationId), caller);
    }
    // But for its own id and time a pure function of the message and the client's configuration (DOMAIN 6).
    return acknowledge(parsed, reading, { controlId: randomBytes(10).toString('hex'), sentAt: now });
  }
}
