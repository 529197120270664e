import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  DISTINCT_SUBJECTS,
  LIMIT_POLICY,
  TooManyRequests,
  type Caller,
  type DistinctSubjects,
} from '@registry/access';
import { hmac, KEY_RING, type KeyRing } from '@registry/content-keys';
import { endOfLegalDay, legalDayOf, startOfLegalDay } from '@registry/legal-day';
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
    const { day, endsAt, secret } = this.dayOf(now);
    // A keyed digest: a count does not say whom it was about. Nobody sees one to extend it, so a plain hash behind the secret will do, at a
    // quarter of an HMAC's time.
    const subject = hash('sha256', `${secret}|${clientId}|${form}|${question}`, 'base64url');
    const limit = limits?.personsPerDay ?? LIMIT_POLICY.personsPerDay;
    const admitted =
      form === 'attest'
        ? await this.subjects.admit(
            day,
            `${clientId}|attest`,
            subject,
            Math.min(limit, LIMIT_POLICY.attestedPersonsPerDay),
          )
        : await this.subjects.admit(day, clientId, subject, limit);
    if (admitted) return;
    throw new TooManyRequests('LIMIT.PERSONS', endsAt - now.getTime());
  }

  /** The secret is the day's own, so that digests of two days cannot be compared. */
  private dayOf(now: Date): Today {
    const instant = now.getTime();
    const { today } = this;
    if (today !== undefined && today.startsAt <= instant && instant < today.endsAt) return today;
    const day = legalDayOf(now);
    return (this.today = {
      day,
      startsAt: Date.parse(startOfLegalDay(day)),
      endsAt: Date.parse(endOfLegalDay(day)),
      secret: hmac(this.keys.current('inquiry-limit').key, 'day', day),
    });
  }
}

interface Today {
  readonly day: string;
  /** Milliseconds since 1970; the second is exclusive. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly secret: string;
}
