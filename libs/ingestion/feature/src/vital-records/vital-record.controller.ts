import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { rowsOfBody, ROW_MEDIA_TYPES } from '../uploads/row-body.js';
import { Uploads, type UploadAnswer } from '../uploads/uploads.js';
import { BIRTHS, DEATHS } from './vital-record-rows.js';

@ApiTags('submissions')
@Controller()
export class VitalRecordController {
  constructor(private readonly uploads: Uploads) {}

  /** 200 whatever becomes of the rows: each has its own result. */
  @Post('births')
  @HttpCode(200)
  @Roles('vital-records')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Births, amendments, replacements and voids: a list, a line or a row each, as `/schemas/vital-record.json` says',
  })
  @ApiConsumes(...ROW_MEDIA_TYPES)
  @ApiBody({ schema: { type: 'array', items: { $ref: '/schemas/vital-record.json' } } })
  @ApiHeader({ name: 'idempotency-key', required: false })
  births(
    @Body() body: unknown,
    @Headers('content-type') contentType: string,
    @CommandId() uploadId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<UploadAnswer> {
    return this.uploads.take(uploadId, BIRTHS, rowsOfBody(body, contentType), caller);
  }

  @Post('deaths')
  @HttpCode(200)
  @Roles('vital-records')
  @Emits('nothing')
  @ApiOperation({
    summary: 'Deaths and voids of them: a list, a line or a row each, as `/schemas/vital-record.json` says',
  })
  @ApiConsumes(...ROW_MEDIA_TYPES)
  @ApiBody({ schema: { type: 'array', items: { $ref: '/schemas/vital-record.json' } } })
  @ApiHeader({ name: 'idempotency-key', required: false })
  deaths(
    @Body() body: unknown,
    @Headers('content-type') contentType: string,
    @CommandId() uploadId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<UploadAnswer> {
    return this.uploads.take(uploadId, DEATHS, rowsOfBody(body, contentType), caller);
  }
}
