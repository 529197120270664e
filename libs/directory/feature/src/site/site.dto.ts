import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, IsString, Length, Matches } from 'class-validator';

export class AmendSiteDto {
  @IsString()
  @Length(1, 200)
  name: string;

  /** MSH-4 or RXA-11.4 values by which messages of the organization name the site, as they are sent. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  facilityNames?: string[];
}

export class OpenSiteDto extends AmendSiteDto {
  /** The registry's code of the site: capital letters and digits. */
  @Matches(/^[A-Z0-9]{1,20}$/)
  code: string;
}
