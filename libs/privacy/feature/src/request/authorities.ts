import { Inject, Injectable } from '@nestjs/common';
import { legalDayOf } from '@registry/legal-day';
import { authorityOf, type Authority } from '@registry/privacy-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { birthDateOf } from './request-form.js';
import { RequestRepository } from './request.repository.js';
import { SealedForms } from './sealed-forms.js';

/** Whether who asked may still speak for the person, by the form as it lies sealed and the day that it is. */
@Injectable()
export class Authorities {
  constructor(
    private readonly requests: RequestRepository,
    private readonly forms: SealedForms,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(requestId: string): Promise<Authority> {
    const { state } = await this.requests.load(requestId);
    const form = await this.forms.open(requestId);
    if (!('capacity' in state) || form === undefined) return 'stands';
    return authorityOf(state.capacity, birthDateOf(form), legalDayOf(this.clock.now()));
  }
}
