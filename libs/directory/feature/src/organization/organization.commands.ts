import type { Caller } from '@registry/access';
import type { EnrolOrganizationDto, SignAgreementDto } from './organization.dto.js';

export class EnrolOrganization {
  constructor(
    readonly body: EnrolOrganizationDto,
    readonly caller: Caller,
  ) {}
}

export class CloseOrganization {
  constructor(
    readonly organizationId: string,
    readonly caller: Caller,
  ) {}
}

export class SignAgreement {
  constructor(
    readonly organizationId: string,
    readonly body: SignAgreementDto,
    readonly caller: Caller,
  ) {}
}

export class EndAgreement {
  constructor(
    readonly organizationId: string,
    readonly caller: Caller,
  ) {}
}
