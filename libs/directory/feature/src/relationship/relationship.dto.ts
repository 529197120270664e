import { IsIn } from 'class-validator';
import { RELATIONSHIP_END_REASONS, type RelationshipEndReason } from '@registry/directory-domain';

export class EndRelationshipDto {
  @IsIn(RELATIONSHIP_END_REASONS)
  reason: RelationshipEndReason;
}
