import { IsIn, IsISO8601, IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';

/** Birth records bring their own notice; nothing is mailed home. */
const ATTESTED_CHANNELS = ['handed-over', 'brochure', 'poster', 'web'] as const;

export class AttestNoticeDto {
  /** The clinic's own id for the person. */
  @IsUUID()
  registryId: string;

  @IsIn(ATTESTED_CHANNELS)
  channel: (typeof ATTESTED_CHANNELS)[number];

  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
  formVersion: string;

  /** Legal day, `YYYY-MM-DD`. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  givenOn: string;
}

export class NoticePageQuery {
  /** The `next` of the page before. */
  @IsOptional()
  @MaxLength(100)
  after?: string;
}
