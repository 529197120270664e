import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { SubmitCampaignDto } from './campaign.dto.js';
import { SubmitCampaign, type CampaignReceipt } from './campaign.handler.js';

@ApiTags('reminders')
@Controller('reminders/campaigns')
@Roles('reader')
export class CampaignController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(202)
  @Emits('nothing')
  @ApiOperation({
    summary: 'Takes a list of persons to remind. Who is reminded is decided at sending, and is not told',
  })
  @ApiHeader({ name: 'idempotency-key', required: false })
  submit(
    @Body() body: SubmitCampaignDto,
    @CommandId() campaignId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<CampaignReceipt> {
    return this.commands.execute(new SubmitCampaign(campaignId, body, caller));
  }
}
