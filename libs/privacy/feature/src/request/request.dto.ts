import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { REQUESTED_CHANGES, type RequestedChangeKind } from '@registry/contracts';
import {
  AGREEMENTS,
  CAPACITIES,
  REJECTION_REASONS,
  type Agreement,
  type Capacity,
  type RejectionReason,
} from '@registry/privacy-domain';

const SHORT = 100;

/** Two that exclude each other. */
const IsNotBeside = (other: string) =>
  ValidateBy({
    name: 'isNotBeside',
    validator: {
      validate: (_value, args) => (args?.object as Record<string, unknown>)[other] === undefined,
    },
  });

export class IdentifierDto {
  /** Who gave the number: the clinic's assigning authority, as in its messages. */
  @IsString()
  @Length(1, SHORT)
  authority: string;

  @IsString()
  @Length(1, SHORT)
  value: string;
}

export class FormNameDto {
  @IsString()
  @Length(1, SHORT)
  family: string;

  @IsString()
  @Length(1, SHORT)
  given: string;
}

/** The one person whom a request names, by form data and never by an id of the registry. */
export class FormPersonDto {
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

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => IdentifierDto)
  identifiers?: IdentifierDto[];

  /** Names that the person had before, or is about to have. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => FormNameDto)
  otherNames?: FormNameDto[];

  @IsOptional()
  @ValidateNested()
  @Type(() => FormNameDto)
  mother?: FormNameDto;
}

/** A child who is not born yet, or has no name yet. */
export class UnbornDto {
  /** `YYYY-MM-DD`. */
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  expectedDate: string;

  @ValidateNested()
  @Type(() => FormNameDto)
  mother: FormNameDto;

  @IsOptional()
  @IsString()
  @Length(1, SHORT)
  birthFacility?: string;
}

export class SubmitRequestDto {
  @IsIn(REQUESTED_CHANGES)
  change: RequestedChangeKind;

  /** The provider organization that keeps seeing a locked record. */
  @ValidateIf((dto: SubmitRequestDto) => dto.change === 'lock' || dto.change === 're-lock')
  @IsUUID()
  holder?: string;

  /** Code of the one site of the holder that keeps seeing it; all of the organization unless said otherwise. */
  @IsOptional()
  @Matches(/^[A-Z0-9]{1,20}$/)
  holderSite?: string;

  @IsIn(CAPACITIES)
  capacity: Capacity;

  /** Who asks, where it is not the person. */
  @IsOptional()
  @IsString()
  @Length(1, SHORT)
  requesterName?: string;

  /** The day on which the form was signed, `YYYY-MM-DD`. */
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/)
  @IsISO8601({ strict: true })
  signedOn?: string;

  @ValidateIf((dto: SubmitRequestDto) => dto.unborn === undefined)
  @IsObject()
  @ValidateNested()
  @Type(() => FormPersonDto)
  person?: FormPersonDto;

  /** Instead of `person`. */
  @ValidateIf((dto: SubmitRequestDto) => dto.unborn !== undefined)
  @IsNotBeside('person')
  @ValidateNested()
  @Type(() => UnbornDto)
  unborn?: UnbornDto;
}

export class VerifyRequestDto {
  /** A code of the evidence seen, such as `photo-id`; never a document's number. */
  @Matches(/^[a-z][a-z0-9-]{1,40}$/)
  evidence: string;

  /** By which it may loosen what somebody else set. */
  @IsOptional()
  @IsIn(AGREEMENTS)
  agreement?: Agreement;
}

export class ChooseCandidateDto {
  /** Its place among those shown, from 0. */
  @IsInt()
  @Min(0)
  @Max(1_000)
  candidate: number;
}

export class RejectRequestDto {
  @IsIn(REJECTION_REASONS)
  reason: RejectionReason;
}
