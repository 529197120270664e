import { Body, Controller, Delete, Get, Inject, Param, ParseUUIDPipe, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import { CLOCK, type Clock } from '@registry/runtime';
import { SUBSCRIBER_FEED, type OverdueWithdrawals, type SubscriberFeed } from './subscriber-feed.query.js';
import { SubscribeDto } from './subscription.dto.js';
import { EndSubscription, Subscribe, type SubscriptionView } from './subscription.handlers.js';

/** What administrators do about subscriptions. */
@ApiTags('subscriptions')
@Controller('subscription')
@Roles('administrator')
export class SubscriptionController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(SUBSCRIBER_FEED) private readonly feed: SubscriberFeed,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Put('organizations/:id')
  @Emits('nothing')
  @ApiOperation({ summary: 'The organization is told of records that its client may fetch for a purpose' })
  subscribe(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { clientId, purpose }: SubscribeDto,
    @CurrentCaller() caller: Caller,
  ): Promise<SubscriptionView> {
    return this.commands.execute(new Subscribe(id, clientId, purpose, caller));
  }

  @Delete('organizations/:id')
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends the subscription: all that it was told of is withdrawn' })
  end(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<SubscriptionView> {
    return this.commands.execute(new EndSubscription(id, caller));
  }

  @Get('withdrawals/overdue')
  @Emits('nothing')
  @ApiOperation({
    summary: 'How many withdrawals are not acknowledged in time, by organization; nobody is named',
  })
  async overdue(): Promise<{ readonly organizations: readonly OverdueWithdrawals[] }> {
    return { organizations: await this.feed.overdue(this.clock.now().toISOString()) };
  }
}
