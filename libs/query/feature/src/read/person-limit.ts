import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  DISTINCT_SUBJECTS,
  legalDayAt,
  LIMIT_POLICY,
  TooManyRequests,
  type Caller,
  type DistinctSubjects,
  type LegalDay,
} from '@registry/access';
import { hmac, KEY_RING, type KeyRing } from '@registry/content-keys';
import { CLOCK, type Clock } from '@registry/runtime';

/**
 * About how many different persons a client may ask in a legal day. It counts what is asked and never what is found: a refusal says nothing
 * about anybody, and comes before anything is looked up.
 */
@Injectable()
export class PersonLimit {
  private today: Today | undefined;

  constructor(
    @Inject(DISTINCT_SUBJECTS) private readonly subjects: DistinctSubjects,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Counts a question.
   * @param question what the client named the person by @throws TooManyRequests
   */
  async admit(
    { clientId, limits }: Caller,
    form: 'read' | 'search' | 'attest',
    question: string,
  ): Promise<void> {
    const now = this.clock.now();
    const { day, secret } = this.dayOf(now);
    // A keyed digest: a count does not say whom it was about. Nobody sees one to extend it, so a plain hash behind the secret will do, at a
    // quarter of an HMAC's time.
    const subject = hash('sha256', `${secret}|${clientId}|${form}|${question}`, 'base64url');
    const limit = limits?.personsPerDay ?? LIMIT_POLICY.personsPerDay;
    const admitted =
      form === 'attest'
        ? await this.subjects.admit(
            day.name,
            `${clientId}|attest`,
            subject,
            Math.min(limit, LIMIT_POLICY.attestedPersonsPerDay),
          )
        : await this.subjects.admit(day.name, clientId, subject, limit);
    if (admitted) return;
    throw new TooManyRequests('LIMIT.PERSONS', day.endsAt - now.getTime());
  }

  /** The secret is the day's own, so that digests of two days cannot be compared. */
  private dayOf(now: Date): Today {
    const instant = now.getTime();
    const { today } = this;
    if (today !== undefined && today.day.startsAt <= instant && instant < today.day.endsAt) return today;
    const day = legalDayAt(now);
    return (this.today = { day, secret: hmac(this.keys.current('inquiry-limit').key, 'day', day.name) });
  }
}

interface Today {
  readonly day: LegalDay;
  readonly secret: string;
}
