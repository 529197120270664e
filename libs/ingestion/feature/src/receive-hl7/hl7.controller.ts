import {
  BadRequestException,
  Body,
  Controller,
  Header,
  HttpCode,
  Post,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits, HL7_MEDIA_TYPES } from '@registry/http';
import { ReceiveHl7 } from './receive-hl7.handler.js';

@ApiTags('submissions')
@Controller('hl7')
export class Hl7Controller {
  constructor(private readonly commands: CommandBus) {}

  /** 200 with an ACK whatever MSA-1 says: transport and content are different matters. */
  @Post()
  @HttpCode(200)
  @Header('content-type', 'application/hl7-v2')
  @Roles('submitter')
  @Emits('nothing')
  @ApiOperation({
    summary: 'Submits one HL7 v2 VXU^V04 or a batch of them; the answer is its ACK, or a batch of ACKs',
  })
  @ApiConsumes(...HL7_MEDIA_TYPES)
  @ApiBody({ schema: { type: 'string' } })
  @ApiOkResponse({
    description: 'ACK^V04^ACK',
    content: { 'application/hl7-v2': { schema: { type: 'string' } } },
  })
  receive(@Body() body: unknown, @CurrentCaller() caller: Caller): Promise<string> {
    if (body === undefined || body === null) throw new BadRequestException();
    if (!Buffer.isBuffer(body)) throw new UnsupportedMediaTypeException();
    return this.commands.execute(new ReceiveHl7(body, caller));
  }
}
