import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsString, Length, Matches } from 'class-validator';
import {
  ORGANIZATION_CATEGORIES,
  PURPOSES,
  type OrganizationCategory,
  type PurposeOfUse,
} from '@registry/contracts';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?Z$/;

export class EnrolOrganizationDto {
  @IsString()
  @Length(1, 200)
  name: string;

  /** Category of Minn. Stat. 144.3351. */
  @IsIn(ORGANIZATION_CATEGORIES)
  category: OrganizationCategory;
}

export class SignAgreementDto {
  @IsString()
  @Length(1, 50)
  version: string;

  @IsString()
  @Length(1, 200)
  signatory: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(PURPOSES, { each: true })
  purposes: PurposeOfUse[];

  /** ISO-8601 UTC. */
  @Matches(INSTANT)
  startsAt: string;

  /** ISO-8601 UTC, exclusive. */
  @Matches(INSTANT)
  endsAt: string;
}
