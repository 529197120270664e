import { Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@registry/access';
import { Emits } from '@registry/http';
import { ConsumerRegistry } from '@registry/messaging';

interface DeadLetterView {
  readonly group: string;
  readonly topic: string;
  readonly key: string;
  readonly reason: string;
  readonly attempts: number;
  readonly since: string;
}

@ApiTags('operators')
@Controller('dead-letters')
@Roles('administrator')
export class DeadLetterController {
  constructor(private readonly consumers: ConsumerRegistry) {}

  @Get()
  @Emits('nothing')
  @ApiOperation({ summary: 'Messages put aside, with the code of the reason; not their content' })
  async list(): Promise<{ readonly deadLetters: readonly DeadLetterView[] }> {
    const letters = await this.consumers.deadLetters();
    return {
      deadLetters: letters.map(({ group, topic, key, reason, attempts, since }) => ({
        group,
        topic,
        key,
        reason,
        attempts,
        since,
      })),
    };
  }

  @Post(':group/replay')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Handles a group’s dead letters again, in order per key' })
  async replay(
    @Param('group') group: string,
  ): Promise<{ readonly replayed: number; readonly remaining: number }> {
    const replay = this.consumers.replayDeadLetters(group);
    if (replay === undefined) throw new NotFoundException();
    return replay;
  }
}
