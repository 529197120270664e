import type { Caller } from '@registry/access';
import type { RequestState } from '@registry/privacy-domain';
import type { RejectRequestDto, SubmitRequestDto, VerifyRequestDto } from './request.dto.js';

export class SubmitRequest {
  constructor(
    /** The id of the command is the request's: sent again, it is the same request. */
    readonly requestId: string,
    readonly body: SubmitRequestDto,
    readonly caller: Caller,
  ) {}
}

export class VerifyRequest {
  constructor(
    readonly requestId: string,
    readonly body: VerifyRequestDto,
    readonly caller: Caller,
  ) {}
}

export class ApproveRequest {
  constructor(
    readonly requestId: string,
    readonly caller: Caller,
  ) {}
}

export class RejectRequest {
  constructor(
    readonly requestId: string,
    readonly body: RejectRequestDto,
    readonly caller: Caller,
  ) {}
}

/** What a request's routes answer: the same whether or not a record was found. */
export interface RequestReceipt {
  readonly requestId: string;
  readonly status: Exclude<RequestState['status'], 'absent'>;
  readonly message: string;
}

/** Of several persons whom the form fits, this one. */
export class ChooseCandidate {
  constructor(
    readonly requestId: string,
    readonly candidate: number,
    readonly caller: Caller,
  ) {}
}
