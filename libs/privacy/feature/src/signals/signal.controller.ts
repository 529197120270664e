import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@registry/access';
import { Emits } from '@registry/http';
import { StoppedDayParams, StoppedSignalsQuery } from './signal.dto.js';
import { StoppedSignals, type StoppedDayReport, type StoppedDays } from './stopped-signals.query.js';

@ApiTags('privacy signals')
@Controller('privacy/signals')
@Roles('help-desk')
export class SignalController {
  constructor(private readonly stopped: StoppedSignals) {}

  @Get('stopped')
  @Emits('nothing')
  @ApiOperation({ summary: 'Clients and days whose electronic signals stopped, newest first, 100 at most' })
  list(@Query() { before }: StoppedSignalsQuery): Promise<StoppedDays> {
    return this.stopped.list(before);
  }

  @Get('stopped/:clientId/:day')
  @Emits('nothing')
  @ApiOperation({ summary: 'One such day, with the messages that asked for protection' })
  async read(@Param() params: StoppedDayParams): Promise<StoppedDayReport> {
    const report = await this.stopped.report(params);
    if (report === undefined) throw new NotFoundException();
    return report;
  }
}
