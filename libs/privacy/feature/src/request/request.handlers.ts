import { setTimeout as pause } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Caller } from '@registry/access';
import {
  CONTENT_KEYS,
  digest,
  KEY_RING,
  newContentKey,
  seal,
  type ContentKeys,
  type KeyRing,
} from '@registry/content-keys';
import {
  accessStreams,
  privacyRequestStream,
  type OrganizationState,
  type SiteState,
} from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { legalDayOf } from '@registry/legal-day';
import { authorityOf, PrivacyError, type Holder } from '@registry/privacy-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import {
  ApproveRequest,
  ChooseCandidate,
  RejectRequest,
  SubmitRequest,
  VerifyRequest,
  type RequestReceipt,
} from './request.commands.js';
import { Authorities } from './authorities.js';
import { birthDateOf, changeOf, formOf, requesterOf, subjectOf } from './request-form.js';
import { REQUEST_POLICY } from './request-policy.js';
import { RequestRepository } from './request.repository.js';
import { SealedForms } from './sealed-forms.js';

/** Who of the staff acts: a user, or the client if it acts for none. */
export const staffOf = ({ userId, clientId }: Caller): string => userId ?? clientId;

@CommandHandler(SubmitRequest)
export class SubmitRequestHandler implements ICommandHandler<SubmitRequest, RequestReceipt> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(KEY_RING) private readonly keyRing: KeyRing,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly requests: RequestRepository,
  ) {}

  /** A request submitted again is answered as the first time, whatever became of it. */
  async execute({ requestId, body, caller }: SubmitRequest): Promise<RequestReceipt> {
    const change = changeOf(body);
    const holderIsProvider = 'organizationId' in change ? await this.mayHold(change) : undefined;
    const keyId = privacyRequestStream(requestId);
    // Whoever comes second under this id gets the first one's key, and with it the same digest of the same request.
    const key = await this.contentKeys.put(keyId, newContentKey());
    const form = formOf(body);
    const { capacity, signedOn } = body;
    const submitted = digest(key, JSON.stringify({ change, capacity, form }));
    const now = this.clock.now();
    await this.requests.execute(
      requestId,
      {
        type: 'SubmitRequest',
        change,
        capacity,
        authority: authorityOf(capacity, birthDateOf(form), legalDayOf(now)),
        subject: subjectOf(this.keyRing, form),
        requester: requesterOf(this.keyRing, capacity, form),
        ...(signedOn === undefined ? {} : { signedOn }),
        sealedForm: seal(key, keyId, JSON.stringify(form)),
        digest: submitted,
        submittedBy: caller.clientId,
        receivedAt: now.toISOString(),
        dueAt: new Date(now.getTime() + REQUEST_POLICY.dueDays * MS_PER_DAY).toISOString(),
        ...(holderIsProvider === undefined ? {} : { holderIsProvider }),
      },
      // With the digest: two different requests at once under one id are two appends, of which the store takes one.
      `${requestId}/${submitted}`,
      caller.clientId,
    );
    return { requestId, status: 'submitted', message: MESSAGE };
  }

  /** An active provider, and if one of its sites is named, an open one. */
  private async mayHold({ organizationId, siteCode }: Holder): Promise<boolean> {
    const [organizationHead, siteHead] = await this.store.heads([
      accessStreams.organization(organizationId),
      ...(siteCode === undefined ? [] : [accessStreams.site(siteCode)]),
    ]);
    const organization = organizationHead?.data['state'] as OrganizationState | undefined;
    const site = siteHead?.data['state'] as SiteState | undefined;
    return (
      organization?.status === 'active' &&
      organization.category === 'provider' &&
      (siteCode === undefined || (site?.status === 'open' && site.organizationId === organizationId))
    );
  }
}

@CommandHandler(VerifyRequest)
export class VerifyRequestHandler implements ICommandHandler<VerifyRequest, RequestReceipt> {
  constructor(
    private readonly requests: RequestRepository,
    private readonly authorities: Authorities,
  ) {}

  async execute({ requestId, body, caller }: VerifyRequest): Promise<RequestReceipt> {
    const { evidence, agreement } = body;
    await this.requests.execute(
      requestId,
      {
        type: 'VerifyRequest',
        verifiedBy: staffOf(caller),
        evidence,
        ...(agreement === undefined ? {} : { agreement }),
        authority: await this.authorities.of(requestId),
      },
      // Once as it was submitted, and again with the agreement that a dispute needs.
      `${requestId}/verify/${agreement ?? ''}`,
      caller.clientId,
    );
    return receiptOf(this.requests, requestId);
  }
}

@CommandHandler(ApproveRequest)
export class ApproveRequestHandler implements ICommandHandler<ApproveRequest, RequestReceipt> {
  constructor(
    private readonly requests: RequestRepository,
    private readonly forms: SealedForms,
    private readonly authorities: Authorities,
  ) {}

  /**
   * Approves, and waits for the setting to be in force: `applied` in the answer means that nothing which the setting forbids can
   * leave any more. If that takes too long the answer says `approved`, and the request goes on by itself.
   */
  async execute({ requestId, caller }: ApproveRequest): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      {
        type: 'ApproveRequest',
        approvedBy: staffOf(caller),
        authority: await this.authorities.of(requestId),
        ...((await this.forms.open(requestId))?.unborn === undefined ? {} : { watch: true }),
      },
      `${requestId}/approve/${staffOf(caller)}`,
      caller.clientId,
    );
    return settledReceipt(this.requests, requestId);
  }
}

@CommandHandler(ChooseCandidate)
export class ChooseCandidateHandler implements ICommandHandler<ChooseCandidate, RequestReceipt> {
  constructor(private readonly requests: RequestRepository) {}

  async execute({ requestId, candidate, caller }: ChooseCandidate): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      { type: 'ChooseCandidate', candidate, approvedBy: staffOf(caller) },
      `${requestId}/choose`,
      caller.clientId,
    );
    return settledReceipt(this.requests, requestId);
  }
}

/** Waits a while for the setting to be in force. */
const settledReceipt = async (requests: RequestRepository, requestId: string): Promise<RequestReceipt> => {
  const deadline = performance.now() + APPLY_WAIT_MS;
  for (;;) {
    const receipt = await receiptOf(requests, requestId);
    if (receipt.status !== 'approved' || performance.now() > deadline) return receipt;
    await pause(APPLY_POLL_MS);
  }
};

@CommandHandler(RejectRequest)
export class RejectRequestHandler implements ICommandHandler<RejectRequest, RequestReceipt> {
  constructor(private readonly requests: RequestRepository) {}

  async execute({ requestId, body, caller }: RejectRequest): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      { type: 'RejectRequest', rejectedBy: staffOf(caller), reason: body.reason },
      `${requestId}/reject`,
      caller.clientId,
    );
    return receiptOf(this.requests, requestId);
  }
}

const MS_PER_DAY = 86_400_000;
const APPLY_WAIT_MS = 8_000;
const APPLY_POLL_MS = 10;

/** The same whether or not a record was found (DOMAIN 4.3). */
const MESSAGE = 'Your choice is recorded and applies to any record we hold or receive.';

/** @throws PrivacyError `PRIVACY.REQUEST_UNKNOWN` */
export const receiptOf = async (requests: RequestRepository, requestId: string): Promise<RequestReceipt> => {
  const { state } = await requests.load(requestId);
  if (state.status === 'absent') throw new PrivacyError('PRIVACY.REQUEST_UNKNOWN');
  return { requestId, status: state.status, message: MESSAGE };
};
