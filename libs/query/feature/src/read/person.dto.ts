import { Type } from 'class-transformer';
import {
  IsISO8601,
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
