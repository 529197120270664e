import { Controller, Get, Inject, NotFoundException, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { Emits, InvalidInput } from '@registry/http';
import { emptyTally, sumOf, type SubmissionsTallied, type Tally } from '@registry/ingestion-domain';
import { CLOCK, type Clock } from '@registry/runtime';
import { isCalendarDay } from '../uploads/row-values.js';
import { qualityStream } from './submission-tally.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 31;
const PAGE = 1_000;

interface DayQuality {
  readonly day: string;
  readonly tally: Tally;
}

@ApiTags('submissions')
@Controller('quality')
export class QualityController {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Counts are some seconds behind. */
  @Get()
  @Roles('submitter', 'vital-records', 'roster', 'administrator')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Data quality of a sender by day: accepted, rejected, problems by place and code, timeliness, completeness; its own, or any client’s for administrators',
  })
  @ApiQuery({ name: 'from', required: false, description: 'YYYY-MM-DD, UTC; a week before `to` if not said' })
  @ApiQuery({ name: 'to', required: false, description: 'YYYY-MM-DD, UTC; today if not said' })
  @ApiQuery({ name: 'client', required: false, description: 'Client id, for administrators' })
  async quality(
    @CurrentCaller() caller: Caller,
    @Query('from') from?: string,
    @Query('to') to = this.clock.now().toISOString().slice(0, 10),
    @Query('client') client = caller.clientId,
  ): Promise<{ readonly clientId: string; readonly total: Tally; readonly days: readonly DayQuality[] }> {
    if (client !== caller.clientId && !caller.roles.includes('administrator')) throw new NotFoundException();
    const days: DayQuality[] = [];
    for (const day of daysBetween(from ?? dayBefore(to, 6), to)) {
      const tally = await this.tallyOf(client, day);
      if (tally !== undefined) days.push({ day, tally });
    }
    const total = days.reduce((sum, { tally }) => sumOf(sum, tally), emptyTally(client, ''));
    return {
      clientId: client,
      total: { ...total, organizationId: days[0]?.tally.organizationId ?? '' },
      days,
    };
  }

  private async tallyOf(clientId: string, day: string): Promise<Tally | undefined> {
    let tally: Tally | undefined;
    for (let from = 0; ; from += PAGE) {
      const events = await this.store.read(qualityStream(clientId, day), { from, limit: PAGE });
      for (const { data } of events as unknown as readonly SubmissionsTallied[]) {
        tally = tally === undefined ? data : sumOf(tally, data);
      }
      if (events.length < PAGE) return tally;
    }
  }
}

const dayBefore = (day: string, days: number): string =>
  isCalendarDay(day) ? new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10) : day;

const daysBetween = (from: string, to: string): string[] => {
  for (const [path, day] of [
    ['/from', from],
    ['/to', to],
  ] as const) {
    if (!isCalendarDay(day)) throw new InvalidInput([{ path, message: 'isDate' }]);
  }
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (count < 1 || count > MAX_DAYS) throw new InvalidInput([{ path: '/from', message: 'max31Days' }]);
  return Array.from({ length: count }, (_, index) => dayBefore(to, count - 1 - index));
};
