import { PURPOSES, type PurposeOfUse } from '@registry/contracts';
import { IsIn, IsInt, IsOptional, IsUUID, Matches, Min } from 'class-validator';

export class SubscribeDto {
  @IsIn(PURPOSES)
  purpose: PurposeOfUse;

  /** The organization's system client that fetches the records. */
  @IsUUID()
  clientId: string;
}

export class FeedPageQuery {
  /** The `next` of the page before. */
  @IsOptional()
  @Matches(/^[0-9a-f-]{36}\.\d{1,15}$/)
  after?: string;
}

export class AcknowledgeWithdrawalDto {
  /** The subscriber's own id of the person. */
  @IsUUID()
  registryId: string;

  /** Of the withdrawal. */
  @IsInt()
  @Min(1)
  version: number;
}
