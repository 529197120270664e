import { IsIn, Matches } from 'class-validator';
import {
  DISPUTE_OUTCOMES,
  DISPUTE_REASONS,
  type DisputeOutcome,
  type DisputeReason,
} from '@registry/privacy-domain';

export class DisputeDto {
  /** Which value, as a code: `name`, `birthDate`, `sex`, `address`, `guardian`, `phone`, or `dose:<date>:<code>`. */
  @Matches(
    /^(name|birthDate|sex|address|guardian|phone|indication|dose:\d{4}-\d{2}-\d{2}:[A-Za-z0-9-]{1,20})$/,
  )
  element: string;

  @IsIn(DISPUTE_REASONS)
  reason: DisputeReason;
}

export class EndDisputeDto {
  @IsIn(DISPUTE_OUTCOMES)
  outcome: DisputeOutcome;
}
