import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { EnterImmunizationsDto } from './immunization.dto.js';
import { EnterImmunizations, type EntryReceipt } from './enter-immunizations.handler.js';

@ApiTags('submissions')
@Controller('immunizations')
export class ImmunizationController {
  constructor(private readonly commands: CommandBus) {}

  /** 202: it is kept, and joins a record in a moment. The answer never depends on whose record. */
  @Post()
  @HttpCode(202)
  @Roles('submitter')
  @Emits('nothing')
  @ApiOperation({ summary: 'Doses of one person, entered by hand' })
  @ApiHeader({ name: 'idempotency-key', required: false })
  enter(
    @Body() body: EnterImmunizationsDto,
    @CommandId() commandId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<EntryReceipt> {
    return this.commands.execute(new EnterImmunizations(commandId, body, caller));
  }
}
