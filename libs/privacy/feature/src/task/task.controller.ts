import { Body, Controller, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import type { ReadModel } from '@registry/persistence';
import { PrivacyError } from '@registry/privacy-domain';
import { Custody, type HandledDemographics } from '@registry/privacy-gate';
import { CLOCK, type Clock } from '@registry/runtime';
import { Matches } from 'class-validator';
import { PRIVACY_READ_MODEL } from '../read-model.js';
import { staffOf } from '../request/request.handlers.js';
import type { TaskRow } from './task-rows.js';
import { TaskRepository } from './task.repository.js';

export class CloseTaskDto {
  /** A code of what came of it, such as `person-called`. */
  @Matches(/^[a-z][a-z0-9-]{1,40}$/)
  outcome: string;
}

export interface TaskList {
  readonly tasks: readonly TaskRow[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

const PAGE = 100;

/** What the help desk has to look into. A person is shown only within an open task, and the look is in the person's history first. */
@ApiTags('help desk')
@Controller('privacy/tasks')
@Roles('help-desk')
export class TaskController {
  constructor(
    private readonly tasks: TaskRepository,
    private readonly custody: Custody,
    @Inject(PRIVACY_READ_MODEL) private readonly readModel: ReadModel,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Emits('nothing')
  @ApiOperation({ summary: 'The work list: open tasks by due date, 100 at most; go on with `after`' })
  async list(@Query('after') after?: string, @Query('overdue') overdue?: string): Promise<TaskList> {
    const [dueAt = '', taskId = ''] = typeof after === 'string' ? after.split('|') : [];
    const before = overdue === 'true' ? this.clock.now().toISOString() : '9999';
    const tasks = await this.readModel.select<TaskRow>(
      `SELECT task_id AS "taskId", kind, about, status, opened_at AS "openedAt", due_at AS "dueAt"
         FROM help_desk_task
        WHERE status = 'open' AND due_at < ? AND (due_at > ? OR (due_at = ? AND task_id > ?))
        ORDER BY due_at, task_id LIMIT ${PAGE}`,
      [before, dueAt, dueAt, taskId],
    );
    const last = tasks.at(-1);
    return {
      tasks,
      ...(tasks.length === PAGE && last !== undefined ? { next: `${last.dueAt}|${last.taskId}` } : {}),
    };
  }

  @Post(':id/person')
  @HttpCode(200)
  @Emits('person-data')
  @ApiOperation({ summary: 'Whom an open task is about: the demographics that it needs, never doses' })
  async person(
    @Param('id', ParseUUIDPipe) taskId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<{ readonly person: Partial<HandledDemographics> | null }> {
    const { state } = await this.tasks.load(taskId);
    if (state.status === 'absent') throw new PrivacyError('PRIVACY.TASK_UNKNOWN');
    if (state.status === 'closed') throw new PrivacyError('PRIVACY.TASK_CLOSED');
    const { personId } = state.opened;
    if (personId === undefined) return { person: null };
    const handled = await this.custody.handle({ personId, task: 'request-handling', taskId, staff: caller });
    return { person: handled ?? null };
  }

  @Post(':id/close')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Closes a task' })
  async close(
    @Param('id', ParseUUIDPipe) taskId: string,
    @Body() { outcome }: CloseTaskDto,
    @CurrentCaller() caller: Caller,
  ): Promise<{ readonly taskId: string; readonly status: 'closed' }> {
    await this.tasks.execute(
      taskId,
      { type: 'CloseTask', closedBy: staffOf(caller), outcome },
      caller.clientId,
    );
    return { taskId, status: 'closed' };
  }
}
