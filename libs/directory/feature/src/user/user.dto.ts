import { ArrayNotEmpty, ArrayUnique, IsArray, IsEmail, IsIn, IsString, Length } from 'class-validator';
import { USER_ROLES, type UserRole } from '@registry/contracts';

export class UserRolesDto {
  /** The last three are for staff of the registry's own organizations only. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(USER_ROLES, { each: true })
  roles: UserRole[];
}

export class EnrolUserDto extends UserRolesDto {
  @IsString()
  @Length(1, 200)
  name: string;

  /** At work. */
  @IsEmail()
  @Length(3, 254)
  email: string;
}
