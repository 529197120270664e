import { Controller, DefaultValuePipe, Get, Param, ParseIntPipe, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Roles } from '@registry/access';
import { Emits } from '@registry/http';
import { PrivacyHistoryQuery, type AuditCase, type PrivacyHistory } from './privacy-history.js';

@ApiTags('audit')
@Controller('audit')
@Roles('auditor')
export class AuditController {
  constructor(private readonly history: PrivacyHistoryQuery) {}

  @Get('requests/:id')
  @Emits('privacy-history')
  @ApiOperation({ summary: 'The case of one request, with the pseudonym of the person it was applied to' })
  caseOf(@Param('id', ParseUUIDPipe) id: string): Promise<AuditCase> {
    return this.history.caseOf(id);
  }

  @Get('persons/:pseudonym/history')
  @Emits('privacy-history')
  @ApiOperation({ summary: 'Replays a person’s privacy history: settings, disclosures, who and when' })
  @ApiQuery({ name: 'asOf', required: false, description: 'ISO-8601 UTC instant to replay to' })
  @ApiQuery({ name: 'from', required: false, description: 'The `next` of the page before' })
  historyOf(
    @Param('pseudonym') pseudonym: string,
    @Query('from', new DefaultValuePipe(0), ParseIntPipe) from: number,
    @Query('asOf') asOf?: string,
  ): Promise<PrivacyHistory> {
    return this.history.historyOf(pseudonym, asOf, Math.max(0, from));
  }
}
