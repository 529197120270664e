import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Caller } from '@registry/access';
import { InvalidInput } from '@registry/http';
import { CLOCK, type Clock } from '@registry/runtime';
import { legalDayOf } from '@registry/legal-day';
import { SubmissionIntake } from '../intake/submission-intake.js';
import { written } from '../intake/written-content.js';
import { SubmissionTally } from '../quality/submission-tally.js';
import { entryContent, implausibleIn } from './entry-content.js';
import type { EnterImmunizationsDto } from './immunization.dto.js';

export class EnterImmunizations {
  constructor(
    /** The entry's name: an entry of the same name and content is stored once. */
    readonly commandId: string,
    readonly body: EnterImmunizationsDto,
    readonly caller: Caller,
  ) {}
}

export interface EntryReceipt {
  readonly status: 'received';
}

/** Takes doses entered by hand, by the same way as a VXU. */
@CommandHandler(EnterImmunizations)
export class EnterImmunizationsHandler implements ICommandHandler<EnterImmunizations, EntryReceipt> {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly intake: SubmissionIntake,
    private readonly tally: SubmissionTally,
  ) {}

  async execute({ commandId, body, caller }: EnterImmunizations): Promise<EntryReceipt> {
    const errors = implausibleIn(body, legalDayOf(this.clock.now()));
    if (errors.length > 0) throw new InvalidInput(errors);
    const content = entryContent(body, caller.organizationId);
    const name = { clientId: caller.clientId, facility: 'entry', controlId: commandId };
    await this.intake.keepOnce(name, written(content), caller);
    this.tally.row(caller, content);
    return { status: 'received' };
  }
}
