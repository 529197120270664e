import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Res,
  ServiceUnavailableException,
} from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { PURPOSES, type PurposeOfUse } from '@registry/contracts';
import { Emits, releaseInto } from '@registry/http';
import type { DisclosureOutcome, ReleasedRecord } from '@registry/privacy-gate';
import type { FastifyReply } from 'fastify';
import { AttestPerson } from './attest-person.query.js';
import { AttestDto, SearchDto } from './person.dto.js';
import { Purpose } from './purpose.decorator.js';
import { ReadPerson, SearchPerson } from './read-person.query.js';

/** One person or nothing: several are nothing, and so is one who may not be seen. */
export interface SearchAnswer {
  readonly persons: readonly ReleasedRecord[];
}

@ApiTags('persons')
@Controller('persons')
@Roles('reader')
@ApiHeader({ name: 'x-purpose-of-use', required: true, enum: PURPOSES })
@ApiHeader({ name: 'x-user-id', required: false, description: 'The user for whom the client acts' })
export class PersonController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @Emits('person-data')
  @ApiOperation({ summary: 'One person’s record, by the caller’s own registry id for the person' })
  @ApiNotFoundResponse({ description: 'No such person, or none that may be seen: the answers are the same' })
  async read(
    @Param('id') id: string,
    @Purpose() purpose: PurposeOfUse,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReleasedRecord> {
    const outcome: DisclosureOutcome = await this.queries.execute(new ReadPerson(id, purpose, caller));
    if (outcome.kind === 'unavailable') throw new ServiceUnavailableException();
    if (outcome.kind === 'refused') throw new NotFoundException();
    return releaseInto(reply, outcome.release);
  }

  @Post('search')
  @HttpCode(200)
  @Emits('person-data')
  @ApiOperation({ summary: 'Finds one person by an identifier, or by name and birth date' })
  async search(
    @Body() terms: SearchDto,
    @Purpose() purpose: PurposeOfUse,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SearchAnswer> {
    const outcome: DisclosureOutcome = await this.queries.execute(new SearchPerson(terms, purpose, caller));
    if (outcome.kind === 'unavailable') throw new ServiceUnavailableException();
    return { persons: outcome.kind === 'refused' ? [] : [releaseInto(reply, outcome.release)] };
  }

  @Post('attest')
  @HttpCode(200)
  @Emits('person-data')
  @ApiOperation({
    summary:
      'Finds one person whom the provider attests that it serves, by name, birth date and one more field',
    description:
      'For providers, for treatment. The attestation is evidence of service for 30 days; it is recorded, and shown to the person.',
  })
  async attest(
    @Body() terms: AttestDto,
    @Purpose() purpose: PurposeOfUse,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SearchAnswer> {
    const outcome: DisclosureOutcome = await this.queries.execute(new AttestPerson(terms, purpose, caller));
    if (outcome.kind === 'unavailable') throw new ServiceUnavailableException();
    return { persons: outcome.kind === 'refused' ? [] : [releaseInto(reply, outcome.release)] };
  }
}
