import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

class EnteredAddressDto {
  @IsOptional() @IsString() @Length(1, 200) street?: string;
  @IsOptional() @IsString() @Length(1, 100) city?: string;
  @IsOptional() @IsString() @Length(2, 2) state?: string;
  @IsOptional() @IsString() @Length(5, 10) zip?: string;
  @IsOptional() @IsString() @Length(1, 50) county?: string;
}

class EnteredGuardianDto {
  @IsString() @Length(1, 100) family: string;
  @IsString() @Length(1, 100) given: string;
  /** HL7 table 0063. */
  @IsOptional() @Matches(/^[A-Z]{3}$/) relationship?: string;
}

class EnteredPatientDto {
  @IsString() @Length(1, 100) family: string;
  @IsString() @Length(1, 100) given: string;
  @IsOptional() @IsString() @Length(1, 100) middle?: string;
  @IsOptional() @IsString() @Length(1, 20) suffix?: string;
  @Matches(DATE) birthDate: string;
  @IsOptional() @IsIn(['F', 'M', 'X', 'U']) sex?: string;
  /** The organization's own number for the person. */
  @IsOptional() @IsString() @Length(1, 50) mrn?: string;
  @IsOptional() @IsString() @Length(1, 100) motherMaidenFamily?: string;
  @IsOptional() @IsString() @Length(1, 30) phone?: string;
  @IsOptional() @IsBoolean() multipleBirth?: boolean;
  @IsOptional() @ValidateNested() @Type(() => EnteredAddressDto) address?: EnteredAddressDto;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(4)
  @ValidateNested({ each: true })
  @Type(() => EnteredGuardianDto)
  guardians?: EnteredGuardianDto[];
}

class EnteredDoseDto {
  /** The organization's own number for the dose: `update` and `delete` find it by that. */
  @IsOptional() @IsString() @Length(1, 50) number?: string;
  @IsOptional() @IsIn(['add', 'update', 'delete']) action?: 'add' | 'update' | 'delete';
  @Matches(DATE) date: string;
  @Matches(/^\d{2,3}$/) cvx: string;
  /** Given by this organization, or known from elsewhere? */
  @IsIn(['administered', 'historical']) source: 'administered' | 'historical';
  @IsOptional() @IsString() @Length(1, 30) lot?: string;
  /** MVX. */
  @IsOptional() @Matches(/^[A-Z]{2,3}$/) manufacturer?: string;
  @IsOptional() @Matches(DATE) expiration?: string;
  /** Partially given, to be repeated. */
  @IsOptional() @IsBoolean() partial?: boolean;
}

/** Doses of one person, entered by hand. */
export class EnterImmunizationsDto {
  @ValidateNested()
  @Type(() => EnteredPatientDto)
  patient: EnteredPatientDto;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => EnteredDoseDto)
  doses: EnteredDoseDto[];
}
