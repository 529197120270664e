import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { PURPOSES, type PurposeOfUse } from '@registry/contracts';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** One of two ways to say the same; of both, nobody knows which counts. */
const NotBeside = (other: keyof SignAgreementDto) =>
  ValidateBy({
    name: 'notBeside',
    validator: { validate: (_value, args) => (args?.object as SignAgreementDto)[other] === undefined },
  });

/** The term is given by instants, or by legal days, which begin and end in America/Chicago. */
export class SignAgreementDto {
  @IsString()
  @Length(1, 50)
  version: string;

  @IsString()
  @Length(1, 200)
  signatory: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(PURPOSES, { each: true })
  purposes: PurposeOfUse[];

  /** ISO-8601 UTC. */
  @ValidateIf((dto: SignAgreementDto) => dto.startsAt !== undefined || dto.startsOn === undefined)
  @Matches(INSTANT)
  startsAt?: string;

  /** ISO-8601 UTC, exclusive. */
  @ValidateIf((dto: SignAgreementDto) => dto.endsAt !== undefined || dto.endsOn === undefined)
  @Matches(INSTANT)
  endsAt?: string;

  /** First legal day, instead of `startsAt`. */
  @IsOptional()
  @NotBeside('startsAt')
  @Matches(DAY)
  @IsISO8601({ strict: true })
  startsOn?: string;

  /** Last legal day, instead of `endsAt`. */
  @IsOptional()
  @NotBeside('endsAt')
  @Matches(DAY)
  @IsISO8601({ strict: true })
  endsOn?: string;

  /** Sites that it covers; all of the organization unless said otherwise. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(500)
  @ArrayUnique()
  @Matches(/^[A-Z0-9]{1,20}$/, { each: true })
  siteCodes?: string[];
}

export class EndingAgreementsQueryDto {
  /** Days from now within which an agreement ends; 90 unless said otherwise. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (/^\d{1,4}$/.test(String(value)) ? Number(value) : value))
  @IsInt()
  @Min(0)
  @Max(3_660)
  within?: number;

  @IsOptional()
  @IsString()
  @Length(1, 100)
  after?: string;
}
