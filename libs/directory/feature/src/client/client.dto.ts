import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { CLIENT_ROLES, type ClientRole, type ProtectionIndicator } from '@registry/contracts';
import { KEY_POLICY } from '@registry/directory-domain';

const PROTECTION_INDICATORS = ['off', 'cdc', 'legacy'] as const satisfies readonly ProtectionIndicator[];

export class ClientLimitsDto {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  requestsPerMinute?: number;

  /** Different persons whom it may ask about in a day. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  personsPerDay?: number;
}

/** What a client is and may do. What is left out is as at first: P, off, no limits of its own, not for users. */
export class ClientSettingsDto {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(CLIENT_ROLES, { each: true })
  roles: ClientRole[];

  /** MSH-11 values that it may send; P unless said otherwise. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(['P', 'T', 'D'], { each: true })
  processingIds?: ('P' | 'T' | 'D')[];

  /** What PD1-12 means in its messages: nothing, as CDC's guide has it (Y protects), or as an older state table had it. */
  @IsOptional()
  @IsIn(PROTECTION_INDICATORS)
  protectionIndicator?: ProtectionIndicator;

  @ValidateIf((dto: ClientSettingsDto) => dto.limits !== undefined)
  @ValidateNested()
  @Type(() => ClientLimitsDto)
  limits?: ClientLimitsDto;

  /** It reads for users of the organization only, and says for which in `x-user-id`. */
  @IsOptional()
  @IsBoolean()
  actsForUsers?: boolean;

  /** Sites of the organization that it serves; the organization as a whole unless said otherwise. A record locked to a site is seen by its sites' clients alone. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @Matches(/^[A-Z0-9]{1,20}$/, { each: true })
  siteCodes?: string[];
}

export class RotateKeyDto {
  /** How long the present key stays good beside the new one; 0: it stops working at once. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(KEY_POLICY.longestOverlapHours)
  overlapHours?: number;
}
