import { setTimeout as pause } from 'node:timers/promises';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CONTENT_KEYS, digest, newContentKey, seal, type ContentKeys } from '@registry/content-keys';
import {
  accessStreams,
  privacyRequestStream,
  type OrganizationState,
  type RequestForm,
} from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { PrivacyError, type SettingChange } from '@registry/privacy-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import {
  ApproveRequest,
  RejectRequest,
  SubmitRequest,
  VerifyRequest,
  type RequestReceipt,
} from './request.commands.js';
import type { FormPersonDto, SubmitRequestDto } from './request.dto.js';
import { REQUEST_POLICY } from './request-policy.js';
import { RequestRepository } from './request.repository.js';

@CommandHandler(SubmitRequest)
export class SubmitRequestHandler implements ICommandHandler<SubmitRequest, RequestReceipt> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONTENT_KEYS) private readonly contentKeys: ContentKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly requests: RequestRepository,
  ) {}

  /** A request submitted again is answered as the first time, whatever became of it. */
  async execute({ requestId, body, caller }: SubmitRequest): Promise<RequestReceipt> {
    const change = changeOf(body);
    const holderIsProvider =
      'organizationId' in change ? await this.isProvider(change.organizationId) : undefined;
    const keyId = privacyRequestStream(requestId);
    // Whoever comes second under this id gets the first one's key, and with it the same digest of the same request.
    const key = await this.contentKeys.put(keyId, newContentKey());
    const form = formOf(body.person);
    const submitted = digest(key, JSON.stringify({ change, capacity: body.capacity, form }));
    const now = this.clock.now();
    await this.requests.execute(
      requestId,
      {
        type: 'SubmitRequest',
        change,
        capacity: body.capacity,
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
    return { requestId, status: 'submitted' };
  }

  private async isProvider(organizationId: string): Promise<boolean> {
    const [head] = await this.store.heads([accessStreams.organization(organizationId)]);
    const state = head?.data['state'] as OrganizationState | undefined;
    return state?.status === 'active' && state.category === 'provider';
  }
}

@CommandHandler(VerifyRequest)
export class VerifyRequestHandler implements ICommandHandler<VerifyRequest, RequestReceipt> {
  constructor(private readonly requests: RequestRepository) {}

  async execute({ requestId, body, caller }: VerifyRequest): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      { type: 'VerifyRequest', verifiedBy: caller.clientId, evidence: body.evidence },
      `${requestId}/verify`,
      caller.clientId,
    );
    return receiptOf(this.requests, requestId);
  }
}

@CommandHandler(ApproveRequest)
export class ApproveRequestHandler implements ICommandHandler<ApproveRequest, RequestReceipt> {
  constructor(private readonly requests: RequestRepository) {}

  /**
   * Approves, and waits for the setting to be in force: `applied` in the answer means that nothing which the setting forbids can
   * leave any more. If that takes too long the answer says `approved`, and the request goes on by itself.
   */
  async execute({ requestId, caller }: ApproveRequest): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      { type: 'ApproveRequest', approvedBy: caller.clientId },
      `${requestId}/approve`,
      caller.clientId,
    );
    const deadline = performance.now() + APPLY_WAIT_MS;
    for (;;) {
      const receipt = await receiptOf(this.requests, requestId);
      if (receipt.status !== 'approved' || performance.now() > deadline) return receipt;
      await pause(APPLY_POLL_MS);
    }
  }
}

@CommandHandler(RejectRequest)
export class RejectRequestHandler implements ICommandHandler<RejectRequest, RequestReceipt> {
  constructor(private readonly requests: RequestRepository) {}

  async execute({ requestId, body, caller }: RejectRequest): Promise<RequestReceipt> {
    await this.requests.execute(
      requestId,
      { type: 'RejectRequest', rejectedBy: caller.clientId, reason: body.reason },
      `${requestId}/reject`,
      caller.clientId,
    );
    return receiptOf(this.requests, requestId);
  }
}

const MS_PER_DAY = 86_400_000;
const APPLY_WAIT_MS = 8_000;
const APPLY_POLL_MS = 10;

/** @throws PrivacyError `PRIVACY.REQUEST_UNKNOWN` */
export const receiptOf = async (requests: RequestRepository, requestId: string): Promise<RequestReceipt> => {
  const { state } = await requests.load(requestId);
  if (state.status === 'absent') throw new PrivacyError('PRIVACY.REQUEST_UNKNOWN');
  return { requestId, status: state.status };
};

const changeOf = ({ change, holder }: SubmitRequestDto): SettingChange => {
  if (change !== 'lock' && change !== 're-lock') return { kind: change };
  if (holder === undefined) throw new PrivacyError('PRIVACY.HOLDER_MISSING');
  return { kind: change, organizationId: holder };
};

const formOf = ({ family, given, birthDate, identifiers }: FormPersonDto): RequestForm => ({
  formVersion: 1,
  demographics: {
    identifiers: (identifiers ?? []).map(({ authority, value }) => ({ authority, type: 'MR', value })),
    names: [{ family, given }],
    birthDate,
    addresses: [],
    phones: [],
    guardians: [],
  },
});
