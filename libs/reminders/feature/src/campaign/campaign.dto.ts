import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsEmail,
  IsIn,
  IsISO8601,
  IsUUID,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** Entries of one list. */
const MOST_ENTRIES = 1_000;

export class CampaignEntryDto {
  /** The agency's own id for the person. */
  @IsUUID()
  registryId: string;

  /** CVX. */
  @Matches(/^\d{1,3}$/)
  vaccine: string;

  /** `YYYY-MM-DD`. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  dueOn: string;

  @IsIn(['reminder', 'recall'])
  kind: 'reminder' | 'recall';

  /** A letter goes to the address on record. */
  @IsIn(['letter', 'email'])
  channel: 'letter' | 'email';

  /** Records hold no e-mail addresses: the agency gives its own. */
  @ValidateIf((dto: CampaignEntryDto) => dto.channel === 'email' || dto.email !== undefined)
  @IsEmail()
  email?: string;
}

export class SubmitCampaignDto {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_ENTRIES)
  @ValidateNested({ each: true })
  @Type(() => CampaignEntryDto)
  entries: CampaignEntryDto[];
}
