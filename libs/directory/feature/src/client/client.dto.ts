import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { CLIENT_ROLES, type ClientRole } from '@registry/contracts';

export class RegisterClientDto {
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
}
