import { Injectable } from '@nestjs/common';
import { PrivacyError, type RequestEvent } from '@registry/privacy-domain';
import { RequestRepository } from './request.repository.js';

/** What was asked, what became of it and when: for the requester. Nothing about the person but the choice itself. Instants are ISO-8601 UTC. */
export interface Receipt {
  readonly requestId: string;
  readonly change: string;
  readonly capacity: string;
  readonly status: string;
  /** Legal day. */
  readonly signedOn?: string;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly verifiedAt?: string;
  readonly approvedAt?: string;
  /** From when nothing that the choice forbids could leave. */
  readonly effectiveAt?: string;
  readonly rejectedFor?: string;
}

@Injectable()
export class Receipts {
  constructor(private readonly requests: RequestRepository) {}

  /** @throws PrivacyError `PRIVACY.REQUEST_UNKNOWN` */
  async of(requestId: string): Promise<Receipt> {
    const { state, events } = await this.requests.load(requestId);
    const [submitted] = events as unknown as readonly RequestEvent[];
    if (submitted?.type !== 'PrivacyRequestSubmitted') throw new PrivacyError('PRIVACY.REQUEST_UNKNOWN');
    const { change, capacity, signedOn, receivedAt, dueAt } = submitted.data;
    const at = (type: RequestEvent['type']) => events.findLast((event) => event.type === type)?.recordedAt;
    const rejected = events.findLast(({ type }) => type === 'PrivacyRequestRejected');
    const effectiveAt =
      state.status === 'applied' ? (state.effectiveAt ?? at('PrivacyRequestApplied')) : undefined;
    return {
      requestId,
      change: change.kind,
      capacity,
      status: state.status,
      ...given('signedOn', signedOn),
      receivedAt,
      dueAt,
      ...given('verifiedAt', at('PrivacyRequestVerified')),
      ...given('approvedAt', at('PrivacyRequestApproved')),
      ...given('effectiveAt', effectiveAt),
      ...given('rejectedFor', rejected?.data['reason'] as string | undefined),
    };
  }
}

const given = <Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [N in Name]?: string } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: string };
