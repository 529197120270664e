import { Type } from 'class-transformer';
import {
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

const SHORT = 100;

export class SearchIdentifierDto {
  /** Assigning authority, as in the submitting system's messages (PID-3.4). */
  @IsString()
  @Length(1, SHORT)
  authority: string;

  @IsString()
  @Length(1, SHORT)
  value: string;
}

export class SearchNameDto {
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
}

export class AttestedAddressDto {
  @IsString()
  @Length(1, SHORT)
  street: string;

  /** The first five digits count. */
  @Matches(/^\d{5}(-?\d{4})?$/)
  zip: string;
}

export class AttestedGuardianDto {
  @IsString()
  @Length(1, SHORT)
  family: string;

  @IsString()
  @Length(1, SHORT)
  given: string;
}

/** With two fields one might agree and the other not; with none nothing is known. */
const IsExactlyOneField = () =>
  ValidateBy({
    name: 'isExactlyOneField',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        Object.values(value).filter((field) => field !== undefined).length === 1,
    },
  });

/** One thing that the provider knows of the person beside name and birth date. */
export class AttestedFieldDto {
  @IsOptional()
  @ValidateNested()
  @Type(() => SearchIdentifierDto)
  identifier?: SearchIdentifierDto;

  @IsOptional()
  @Matches(/^[\d\s().+-]{10,20}$/)
  phone?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => AttestedAddressDto)
  address?: AttestedAddressDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => AttestedGuardianDto)
  guardian?: AttestedGuardianDto;
}

/**
 * A provider that has nothing of the person in the registry yet attests that it serves the person, who is found by name, birth date and one more
 * field, exactly one or none (DOMAIN 2.3). It is recorded, and shown to the person.
 */
export class AttestDto {
  @ValidateNested()
  @Type(() => SearchNameDto)
  name: SearchNameDto;

  @IsObject()
  @IsExactlyOneField()
  @ValidateNested()
  @Type(() => AttestedFieldDto)
  knows: AttestedFieldDto;
}

/** Two terms could be about two persons; which of them would be answered is not for the registry to guess. */
const IsOnlyTerm = () =>
  ValidateBy({
    name: 'isOnlyTerm',
    validator: {
      validate: (_value, args) => {
        const { identifier, name } = args?.object as SearchDto;
        return identifier === undefined || name === undefined;
      },
    },
  });

/** Either an identifier, or name and birth date. Terms are in the body: never in a URL. */
export class SearchDto {
  @ValidateIf((dto: SearchDto) => dto.identifier !== undefined || dto.name === undefined)
  @IsOnlyTerm()
  @ValidateNested()
  @Type(() => SearchIdentifierDto)
  identifier?: SearchIdentifierDto;

  @ValidateIf((dto: SearchDto) => dto.name !== undefined)
  @ValidateNested()
  @Type(() => SearchNameDto)
  name?: SearchNameDto;
}
