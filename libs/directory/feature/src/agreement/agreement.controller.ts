import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  ParseUUIDPipe,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { RENEWAL_POLICY, type Agreement } from '@registry/directory-domain';
import { Emits } from '@registry/http';
import { dayAfter } from '@registry/legal-day';
import { CLOCK, type Clock } from '@registry/runtime';
import { EndingAgreementsQueryDto, SignAgreementDto } from './agreement.dto.js';
import { EndAgreement, SignAgreement } from './agreement.handlers.js';
import { EndingAgreements, type EndingAgreementPage } from './ending-agreements.js';

@ApiTags('directory')
@Controller('directory')
@Roles('administrator')
export class AgreementController {
  constructor(
    private readonly commands: CommandBus,
    private readonly endingAgreements: EndingAgreements,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Put('organizations/:id/agreement')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Records the signed user agreement, or its renewal, which takes the place of the present term at its start',
  })
  sign(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: SignAgreementDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Agreement> {
    return this.commands.execute(new SignAgreement(id, body, caller));
  }

  @Post('organizations/:id/agreement/end')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends the user agreement now: the organization may submit but no longer read' })
  end(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<Agreement> {
    return this.commands.execute(new EndAgreement(id, caller));
  }

  @Get('agreements/ending')
  @Emits('nothing')
  @ApiOperation({ summary: 'Agreements that end soon or have lapsed, 100 at most; go on with `after`' })
  @ApiQuery({ name: 'within', required: false, description: 'Days from now; 90 unless said otherwise' })
  @ApiQuery({ name: 'after', required: false })
  ending(
    @Query() { within = Math.max(...RENEWAL_POLICY.warningDays), after }: EndingAgreementsQueryDto,
  ): Promise<EndingAgreementPage> {
    const now = this.clock.now().toISOString();
    return this.endingAgreements.page(now, dayAfter(now.slice(0, 10), within) + now.slice(10), after);
  }
}
