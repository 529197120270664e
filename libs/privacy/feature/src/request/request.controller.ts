import { Body, Controller, Get, HttpCode, Inject, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { CLOCK, type Clock } from '@registry/runtime';
import {
  ApproveRequest,
  ChooseCandidate,
  RejectRequest,
  SubmitRequest,
  VerifyRequest,
  type RequestReceipt,
} from './request.commands.js';
import { ChooseCandidateDto, RejectRequestDto, SubmitRequestDto, VerifyRequestDto } from './request.dto.js';
import { receiptOf } from './request.handlers.js';
import { REQUEST_LIST, type RequestList } from './request-list.query.js';
import { Receipts, type Receipt } from './receipt.js';
import { RequestHandling, type HandledRequest } from './request-handling.js';
import { RequestRepository } from './request.repository.js';

@ApiTags('privacy requests')
@Controller('privacy/requests')
export class RequestController {
  constructor(
    private readonly commands: CommandBus,
    private readonly requests: RequestRepository,
    private readonly handling: RequestHandling,
    private readonly receipts: Receipts,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REQUEST_LIST) private readonly list: RequestList,
  ) {}

  @Post()
  @HttpCode(201)
  @Roles('help-desk', 'individual')
  @Emits('nothing')
  @ApiOperation({ summary: 'Submits a Privacy Setting Change Request that names one person by form data' })
  @ApiHeader({ name: 'idempotency-key', required: false })
  submit(
    @Body() body: SubmitRequestDto,
    @CommandId() requestId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestReceipt> {
    return this.commands.execute(new SubmitRequest(requestId, body, caller));
  }

  @Post(':id/verify')
  @HttpCode(200)
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Records that the requester’s identity and authority were verified' })
  verify(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: VerifyRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestReceipt> {
    return this.commands.execute(new VerifyRequest(id, body, caller));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({
    summary: 'Approves a verified request; `applied` means that the setting is in force everywhere',
  })
  approve(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<RequestReceipt> {
    return this.commands.execute(new ApproveRequest(id, caller));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Rejects a request with a reason code' })
  reject(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: RejectRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestReceipt> {
    return this.commands.execute(new RejectRequest(id, body, caller));
  }

  @Post(':id/choose')
  @HttpCode(200)
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Of several persons whom the form fits, says which; see `handle`' })
  choose(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { candidate }: ChooseCandidateDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RequestReceipt> {
    return this.commands.execute(new ChooseCandidate(id, candidate, caller));
  }

  @Post(':id/handle')
  @HttpCode(200)
  @Roles('help-desk')
  @Emits('person-data')
  @ApiOperation({
    summary:
      'What an open request says, and whom its form fits where staff must choose: demographics, never doses',
  })
  handle(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<HandledRequest> {
    return this.handling.show(id, caller);
  }

  @Get(':id/receipt')
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'What was asked, what became of it and when' })
  receipt(@Param('id', ParseUUIDPipe) id: string): Promise<Receipt> {
    return this.receipts.of(id);
  }

  @Get(':id')
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Where one request stands' })
  read(@Param('id', ParseUUIDPipe) id: string): Promise<RequestReceipt> {
    return receiptOf(this.requests, id);
  }

  @Get()
  @Roles('help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'The work list: open requests by due date, 100 at most; go on with `after`' })
  open(@Query('after') after?: string, @Query('overdue') overdue?: string) {
    return this.list.open(
      typeof after === 'string' ? after : undefined,
      overdue === 'true' ? this.clock.now().toISOString() : undefined,
    );
  }
}
