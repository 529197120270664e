import type { Caller } from '@registry/access';
import type {
  AcquireOrganizationDto,
  AmendOrganizationDto,
  EnrolOrganizationDto,
} from './organization.dto.js';

export class EnrolOrganization {
  constructor(
    readonly body: EnrolOrganizationDto,
    readonly caller: Caller,
  ) {}
}

export class AmendOrganization {
  constructor(
    readonly organizationId: string,
    readonly body: AmendOrganizationDto,
    readonly caller: Caller,
  ) {}
}

export class CloseOrganization {
  constructor(
    readonly organizationId: string,
    readonly caller: Caller,
  ) {}
}

export class AcquireOrganization {
  constructor(
    readonly organizationId: string,
    readonly body: AcquireOrganizationDto,
    readonly caller: Caller,
  ) {}
}
