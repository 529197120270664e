import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, ForIndividual, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { legalDayOf } from '@registry/legal-day';
import { Custody, type OwnRecord } from '@registry/privacy-gate';
import { CLOCK, type Clock } from '@registry/runtime';
import type { FastifyReply } from 'fastify';
import { printFormOf } from '../print/print-forms.js';
import { renderRecordHtml } from '../print/render-record-html.js';
import { renderRecordPdf } from '../print/render-record-pdf.js';
import type { Receipt } from '../request/receipt.js';
import { staffOf } from '../request/request.handlers.js';
import { Disputes, type OwnDispute } from './disputes.js';
import { CurrentIndividual, IndividualGuard } from './individual.guard.js';
import { DisputeDto, EndDisputeDto } from './me.dto.js';
import { OwnAccess, type GrantedAccess, type Individual } from './own-access.js';
import { OwnView, type OwnDisclosure, type OwnSettings } from './own-view.js';

/**
 * A person's own view: everything that is kept, whatever the setting (DOMAIN 4.4). Each look at the record is in the person's history
 * before it is shown.
 */
@ApiTags('own view')
@Controller('me')
@ForIndividual(IndividualGuard)
export class MeController {
  constructor(
    private readonly view: OwnView,
    private readonly disputes: Disputes,
    private readonly custody: Custody,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Emits('person-data')
  @ApiOperation({ summary: 'The setting in force: who sees the record, and which messages stop' })
  async me(@CurrentIndividual() individual: Individual): Promise<{
    readonly capacity: string;
    readonly accessEndsAt: string;
    readonly settings: OwnSettings;
  }> {
    const settings = await this.view.settings(individual);
    return { capacity: individual.capacity, accessEndsAt: individual.endsAt, settings };
  }

  @Get('requests')
  @Emits('person-data')
  @ApiOperation({ summary: 'Requests about the person, with their receipts, newest first' })
  async requests(
    @CurrentIndividual() individual: Individual,
  ): Promise<{ readonly requests: readonly Receipt[] }> {
    return { requests: await this.view.requestsOf(individual) };
  }

  @Get('disclosures')
  @Emits('person-data')
  @ApiOperation({ summary: 'Who looked: when, which organization, what for; go on with `after`' })
  disclosures(
    @CurrentIndividual() individual: Individual,
    @Query('after') after?: string,
  ): Promise<{ readonly disclosures: readonly OwnDisclosure[]; readonly next?: string }> {
    return this.view.disclosures(individual, typeof after === 'string' ? after : undefined);
  }

  @Get('suppressed')
  @Emits('person-data')
  @ApiOperation({
    summary: 'What was destroyed while the person had opted out: from whom and in which month',
  })
  async suppressed(@CurrentIndividual() individual: Individual) {
    return { suppressed: await this.view.suppressed(individual) };
  }

  @Get('notices')
  @Emits('person-data')
  @ApiOperation({ summary: 'What the person is to be told' })
  async notices(@CurrentIndividual() individual: Individual) {
    return { notices: await this.view.notices(individual) };
  }

  @Get('record')
  @Emits('person-data')
  @ApiOperation({ summary: 'Everything that is kept, but for what a replacement sealed' })
  async record(@CurrentIndividual() individual: Individual): Promise<{ readonly record: OwnRecord | null }> {
    return { record: (await this.open(individual, 'record')) ?? null };
  }

  @Get('record.html')
  @Header('content-type', 'text/html; charset=utf-8')
  @Emits('person-data')
  @ApiOperation({
    summary:
      'The official immunization record to print, for school, child care, athletics, camp, military or employment',
  })
  async html(@CurrentIndividual() individual: Individual, @Query('form') form?: string): Promise<string> {
    const printed = await this.printed(individual, form);
    return renderRecordHtml(printed);
  }

  @Get('record.pdf')
  @Header('content-type', 'application/pdf')
  @Emits('person-data')
  @ApiOperation({ summary: 'The same as PDF' })
  async pdf(
    @CurrentIndividual() individual: Individual,
    @Res() reply: FastifyReply,
    @Query('form') form?: string,
  ): Promise<void> {
    const pdf = await renderRecordPdf(await this.printed(individual, form));
    await reply.header('content-type', 'application/pdf').send(Buffer.from(pdf));
  }

  @Get('disputes')
  @Emits('person-data')
  @ApiOperation({ summary: 'Values that the person says are wrong, and what came of it' })
  async disputed(
    @CurrentIndividual() individual: Individual,
  ): Promise<{ readonly disputes: readonly OwnDispute[] }> {
    return { disputes: await this.disputes.of(individual) };
  }

  @Post('disputes')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Says that a value is wrong; its source is asked' })
  dispute(
    @CurrentIndividual() individual: Individual,
    @CommandId() disputeId: string,
    @Body() { element, reason }: DisputeDto,
  ): Promise<{ readonly disputeId: string }> {
    return this.disputes.raise(individual, disputeId, element, reason);
  }

  private async printed(individual: Individual, form: string | undefined) {
    const named = printFormOf(form);
    const record = await this.open(individual, `print-${named}`);
    return { record, form: named, printedOn: legalDayOf(this.clock.now()) };
  }

  private open({ personId, accessId, capacity }: Individual, part: string): Promise<OwnRecord | undefined> {
    return this.custody.ownRecord({ personId, accessId, capacity, part });
  }
}

/** What staff do for a person's own view. */
@ApiTags('help desk')
@Controller('privacy')
@Roles('help-desk')
export class OwnAccessController {
  constructor(
    private readonly access: OwnAccess,
    private readonly disputes: Disputes,
  ) {}

  @Post('requests/:id/access')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Gives the requester of an applied request a token for the own view, once' })
  grant(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<GrantedAccess> {
    return this.access.grant(id, staffOf(caller));
  }

  @Post('accesses/:id/revoke')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends an access before its time' })
  async revoke(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<{ readonly accessId: string }> {
    await this.access.revoke(id, staffOf(caller));
    return { accessId: id };
  }

  @Post('disputes/:id/end')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends a dispute: the source corrected the value, or it stands annotated' })
  end(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { outcome }: EndDisputeDto,
    @CurrentCaller() caller: Caller,
  ): Promise<OwnDispute> {
    return this.disputes.end(id, outcome, staffOf(caller));
  }
}
