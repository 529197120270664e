import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import { CLOCK, type Clock } from '@registry/runtime';
import { AttestNotice, type AttestedNotice } from './attest-notice.handler.js';
import {
  OWED_NOTICES,
  type OverduePage,
  type OwedNoticePage,
  type OwedNotices,
} from './owed-notices.query.js';
import { AttestNoticeDto, NoticePageQuery } from './participation.dto.js';

@ApiTags('notices of participation')
@Controller('notices')
export class ParticipationController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(OWED_NOTICES) private readonly notices: OwedNotices,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post('attestations')
  @HttpCode(200)
  @Roles('submitter')
  @Emits('nothing')
  @ApiOperation({ summary: 'Attests that the clinic gave a person the notice of participation' })
  attest(@Body() body: AttestNoticeDto, @CurrentCaller() caller: Caller): Promise<AttestedNotice> {
    return this.commands.execute(new AttestNotice(body, caller));
  }

  @Get('owed')
  @Roles('submitter')
  @Emits('nothing')
  @ApiOperation({
    summary: 'Whom the clinic owes the notice, by its own registry ids, 100 at most; go on with `after`',
  })
  owed(@Query() { after }: NoticePageQuery, @CurrentCaller() caller: Caller): Promise<OwedNoticePage> {
    return this.notices.ofOrganization(caller.organizationId, this.clock.now().toISOString(), after);
  }

  @Get('overdue')
  @Roles('help-desk', 'administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'How many notices are overdue, by organization; nobody is named' })
  overdue(@Query() { after }: NoticePageQuery): Promise<OverduePage> {
    return this.notices.overdue(this.clock.now().toISOString(), after);
  }
}
