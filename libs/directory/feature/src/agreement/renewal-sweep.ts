import { Inject, Injectable } from '@nestjs/common';
import { accessStreams } from '@registry/contracts';
import { decideAgreement, RENEWAL_POLICY, type Agreement } from '@registry/directory-domain';
import { dayAfter } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import { CLOCK, type Clock } from '@registry/runtime';
import { AccessRepository, type Work } from '../access/access.repository.js';
import { EndingAgreements } from './ending-agreements.js';

const ACTOR = 'directory-renewals';

/**
 * Records that renewals are due, each warning once per term. The read model only says where to look; the agreement's head decides,
 * and the events' ids follow from term and warning, so it may run as often and in as many processes as there are.
 */
@Injectable()
export class RenewalSweep {
  constructor(
    private readonly repository: AccessRepository,
    private readonly ending: EndingAgreements,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how many warnings were recorded */
  async run(): Promise<number> {
    const now = this.clock.now().toISOString();
    const longest = Math.max(...RENEWAL_POLICY.warningDays);
    // Two days more: legal days are not UTC's. The decider counts them exactly.
    const horizon = dayAfter(now.slice(0, 10), longest + 2) + now.slice(10);
    let warned = 0;
    for (let after: string | undefined = now; after !== undefined;) {
      const page: Awaited<ReturnType<EndingAgreements['page']>> = await this.ending.page(now, horizon, after);
      warned += await this.repository.executeEach(
        page.agreements.map(({ organizationId }) => workOf(organizationId, now)),
      );
      after = page.next;
    }
    return warned;
  }
}

const workOf = (organizationId: string, at: string): Work<Agreement> => ({
  stream: accessStreams.agreement(organizationId),
  decide: (state) =>
    decideAgreement({ type: 'WarnOfEnd', at }, state).map((event) => {
      const { startsAt, endsAt, renewalWarned } = event.data.state as Agreement;
      const id = derivedEventId(ACTOR, organizationId, startsAt, endsAt, renewalWarned?.days ?? 0);
      return { event, id, metadata: { actor: ACTOR } };
    }),
});
