import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Post,
  Query,
  ServiceUnavailableException,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import type { RecordsReconciled } from '@registry/contracts';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { Emits } from '@registry/http';
import { legalDayOf } from '@registry/legal-day';
import { CLOCK, type Clock } from '@registry/runtime';
import { SUBSCRIBER_FEED, type FeedPage, type SubscriberFeed } from './subscriber-feed.query.js';
import { AcknowledgeWithdrawalDto, FeedPageQuery } from './subscription.dto.js';
import {
  AcknowledgeWithdrawal,
  subscriptionOf,
  type AcknowledgedWithdrawal,
} from './subscription.handlers.js';

/** For the client that a subscription names; to any other there is no subscription. */
@ApiTags('subscriptions')
@Controller('subscription')
@Roles('reader')
export class SubscriberController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(SUBSCRIBER_FEED) private readonly feed: SubscriberFeed,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('records')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Which records the subscriber may fetch, the last change of each, 100 at most; go on with `after`',
  })
  async records(@Query() { after = '' }: FeedPageQuery, @CurrentCaller() caller: Caller): Promise<FeedPage> {
    const { organizationId } = await subscriptionOf(this.store, caller);
    return this.feed.page(organizationId, after);
  }

  @Post('withdrawals')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Says that what was withdrawn is deleted' })
  async acknowledge(
    @Body() { registryId, version }: AcknowledgeWithdrawalDto,
    @CurrentCaller() caller: Caller,
  ): Promise<AcknowledgedWithdrawal> {
    await subscriptionOf(this.store, caller);
    return this.commands.execute(new AcknowledgeWithdrawal(registryId, version, caller));
  }

  @Get('reconciliation')
  @Emits('nothing')
  @ApiOperation({ summary: 'What the subscriber should have by now, to compare its own with' })
  async reconciliation(@CurrentCaller() caller: Caller): Promise<RecordsReconciled> {
    const { organizationId } = await subscriptionOf(this.store, caller);
    const digest = await this.feed.digest(organizationId);
    if (digest === undefined) throw new ServiceUnavailableException();
    return { day: legalDayOf(this.clock.now()), ...digest };
  }
}
