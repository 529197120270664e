import { IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { UNMERGE_REASONS, type UnmergeReason } from '@registry/identity-domain';

export class DecideReviewDto {
  /** `same`: the person is one of the candidates. */
  @IsIn(['same', 'different'])
  decision: 'same' | 'different';

  /** Which, by its place among those shown, from 0. */
  @ValidateIf((dto: DecideReviewDto) => dto.decision === 'same')
  @IsInt()
  @Min(0)
  @Max(1_000)
  candidate?: number;
}

export class UndoMergeDto {
  @IsIn(UNMERGE_REASONS)
  reason: UnmergeReason;
}
