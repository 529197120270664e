import { setTimeout as pause } from 'node:timers/promises';
import { Body, Controller, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { Emits } from '@registry/http';
import { ReviewError, type ReviewCommand, type ReviewState } from '@registry/identity-domain';
import type { ReadModel } from '@registry/persistence';
import { Custody, readPrivacyHead, type HandledDemographics } from '@registry/privacy-gate';
import { CLOCK, type Clock } from '@registry/runtime';
import { IDENTITY_READ_MODEL } from '../read-model.js';
import { openReviews, type ReviewList } from './review-list.js';
import { DecideReviewDto, UndoMergeDto } from './review.dto.js';
import { ReviewRepository } from './review.repository.js';

/** Where a review stands. */
export interface ReviewView {
  readonly reviewId: string;
  readonly kind: string;
  readonly status: string;
  readonly dueAt: string;
  readonly candidates: number;
}

/** What a reviewer compares: demographics, never doses. Candidates are named by their places. */
export interface ReviewSides extends ReviewView {
  readonly sides: {
    readonly person: Partial<HandledDemographics> | null;
    readonly candidates: readonly (Partial<HandledDemographics> | null)[];
  };
}

/** Persons that may be one, for staff to decide. Nothing is shown but inside an open review, and each look is in the persons' histories first. */
@ApiTags('match review')
@Controller('reviews')
@Roles('help-desk')
export class ReviewController {
  constructor(
    private readonly reviews: ReviewRepository,
    private readonly custody: Custody,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(IDENTITY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Emits('nothing')
  @ApiOperation({ summary: 'The work list: open reviews by due date, 100 at most; go on with `after`' })
  list(@Query('after') after?: string, @Query('overdue') overdue?: string): Promise<ReviewList> {
    return openReviews(
      this.readModel,
      typeof after === 'string' ? after : undefined,
      overdue === 'true' ? this.clock.now().toISOString() : undefined,
    );
  }

  @Get(':id')
  @Emits('nothing')
  @ApiOperation({ summary: 'Where one review stands' })
  async read(@Param('id', ParseUUIDPipe) id: string): Promise<ReviewView> {
    return viewOf(id, (await this.reviews.load(id)).state);
  }

  @Post(':id/open')
  @HttpCode(200)
  @Emits('person-data')
  @ApiOperation({ summary: 'Shows the person and its candidates side by side, while the review is open' })
  async open(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<ReviewSides> {
    const { state } = await this.reviews.load(id);
    const view = viewOf(id, state);
    if (state.status !== 'open') throw new ReviewError('REVIEW.ALREADY_DECIDED');
    const { personId, candidates, kind } = state.opened;
    const show = async (person: string) =>
      (await this.custody.handle({
        personId: person,
        task: 'match-review',
        taskId: id,
        staff: caller,
      })) ?? null;
    return {
      ...view,
      sides: {
        // Of an unassigned submission only the two persons are to be compared: its own values went with the un-merge.
        person: kind === 'unassigned' ? null : await show(personId),
        candidates: await Promise.all(candidates.map(show)),
      },
    };
  }

  @Post(':id/decide')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({
    summary: 'Decides a review: the same as a candidate, or none of them',
    description: '`deciding` in the answer means that it goes on by itself.',
  })
  decide(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { decision, candidate }: DecideReviewDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReviewView> {
    const decidedBy = caller.userId ?? caller.clientId;
    return this.carriedOut(id, caller, {
      type: 'DecideReview',
      decision,
      decidedBy,
      ...(candidate === undefined ? {} : { candidate }),
    });
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Takes a merge back: each gets its own record and setting again' })
  async undo(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: UndoMergeDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ReviewView> {
    const { state } = await this.reviews.load(id);
    if (state.status === 'merged') {
      const survivor = await readPrivacyHead(this.store, state.candidateId);
      // First the later merge has to be undone.
      if (survivor.state.status === 'follows') throw new ReviewError('REVIEW.SURVIVOR_MERGED');
    }
    const orderedBy = caller.userId ?? caller.clientId;
    return this.carriedOut(id, caller, { type: 'OrderUnmerge', reason, orderedBy });
  }

  /** Gives an order and waits for a while until it is carried out. */
  private async carriedOut(id: string, caller: Caller, command: ReviewCommand): Promise<ReviewView> {
    let state = await this.reviews.execute(id, command, id, { actor: caller.clientId });
    for (const until = performance.now() + WAIT_MS; isUnderWay(state) && performance.now() < until;) {
      await pause(POLL_MS);
      ({ state } = await this.reviews.load(id));
    }
    return viewOf(id, state);
  }
}

const WAIT_MS = 8_000;
const POLL_MS = 20;

const isUnderWay = ({ status }: ReviewState): boolean => status === 'deciding' || status === 'unmerging';

/** @throws ReviewError `REVIEW.REVIEW_UNKNOWN` */
const viewOf = (reviewId: string, state: ReviewState): ReviewView => {
  if (state.status === 'absent') throw new ReviewError('REVIEW.REVIEW_UNKNOWN');
  const { status, kind, dueAt, opened } = state;
  return { reviewId, kind, status, dueAt, candidates: opened.candidates.length };
};
