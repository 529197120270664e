import { Injectable } from '@nestjs/common';
import type { Caller } from '@registry/access';
import type { RequestForm } from '@registry/contracts';
import { PrivacyError, type RequestState } from '@registry/privacy-domain';
import { Custody, type HandledDemographics } from '@registry/privacy-gate';
import { RequestRepository } from './request.repository.js';
import { SealedForms } from './sealed-forms.js';

/** What staff see of a request that they handle. Candidates are named by their places. */
export interface HandledRequest {
  readonly requestId: string;
  readonly status: string;
  /** What the requester wrote; null: it was destroyed. */
  readonly form: RequestForm | null;
  /** Of a request whose form fits several persons. */
  readonly candidates: readonly (Partial<HandledDemographics> | null)[];
}

const HANDLED: readonly RequestState['status'][] = [
  'submitted',
  'verified',
  'watching',
  'needs-review',
  'needs-second',
  'disputed',
];

/** The custodial task of request handling: only while the request is open, and each look at a record is in its person's history first (DOMAIN 2.5). */
@Injectable()
export class RequestHandling {
  constructor(
    private readonly requests: RequestRepository,
    private readonly forms: SealedForms,
    private readonly custody: Custody,
  ) {}

  /** @throws PrivacyError the request is unknown, or decided: its task has ended */
  async show(requestId: string, staff: Caller): Promise<HandledRequest> {
    const { state } = await this.requests.load(requestId);
    if (state.status === 'absent') throw new PrivacyError('PRIVACY.REQUEST_UNKNOWN');
    if (!HANDLED.includes(state.status)) throw new PrivacyError('PRIVACY.REQUEST_ALREADY_DECIDED');
    const candidates = state.status === 'needs-review' ? state.candidates : [];
    const shown = candidates.map((personId) =>
      this.custody.handle({ personId, task: 'request-handling', taskId: requestId, staff }),
    );
    return {
      requestId,
      status: state.status,
      form: (await this.forms.open(requestId)) ?? null,
      candidates: (await Promise.all(shown)).map((each) => each ?? null),
    };
  }
}
