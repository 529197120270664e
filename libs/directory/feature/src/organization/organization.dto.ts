import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
} from 'class-validator';
import { ORGANIZATION_CATEGORIES, type OrganizationCategory } from '@registry/contracts';

export class AmendOrganizationDto {
  @IsString()
  @Length(1, 200)
  name: string;

  /** Organization that this one is a part of. */
  @IsOptional()
  @IsUUID()
  parentId?: string;

  /** Of a community health board: its counties, by FIPS code (`27053`) or name. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(87)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  jurisdiction?: string[];
}

export class EnrolOrganizationDto extends AmendOrganizationDto {
  /** Category of Minn. Stat. 144.3351. It never changes. */
  @IsIn(ORGANIZATION_CATEGORIES)
  category: OrganizationCategory;
}

export class AcquireOrganizationDto {
  /** The organization that acquired it. */
  @IsUUID()
  byOrganizationId: string;

  /** `YYYY-MM-DD`, today at the latest. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  on: string;
}
