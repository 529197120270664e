import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { SETTING_CHANGES, type SettingChangeKind } from '@registry/contracts';
import { CAPACITIES, REJECTION_REASONS, type Capacity, type RejectionReason } from '@registry/privacy-domain';

const SHORT = 100;

export class IdentifierDto {
  /** Who gave the number: the clinic's assigning authority, as in its messages. */
  @IsString()
  @Length(1, SHORT)
  authority: string;

  @IsString()
  @Length(1, SHORT)
  value: string;
}

/** The one person whom a request names, by form data and never by an id of the registry. */
export class FormPersonDto {
  @IsString()
  @Length(1, SHORT)
  family: string;

  @IsString()
  @Length(1, SHORT)
  given: string;

  /** `YYYY-MM-DD`. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  birthDate: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => IdentifierDto)
  identifiers?: IdentifierDto[];
}

export class SubmitRequestDto {
  @IsIn(SETTING_CHANGES)
  change: SettingChangeKind;

  /** The provider organization that keeps seeing a locked record. */
  @ValidateIf((dto: SubmitRequestDto) => dto.change === 'lock' || dto.change === 're-lock')
  @IsUUID()
  holder?: string;

  @IsIn(CAPACITIES)
  capacity: Capacity;

  @ValidateNested()
  @Type(() => FormPersonDto)
  person: FormPersonDto;
}

export class VerifyRequestDto {
  /** A code of the evidence seen, such as `photo-id`; never a document's number. */
  @Matches(/^[a-z][a-z0-9-]{1,40}$/)
  evidence: string;
}

export class RejectRequestDto {
  @IsIn(REJECTION_REASONS)
  reason: RejectionReason;
}
