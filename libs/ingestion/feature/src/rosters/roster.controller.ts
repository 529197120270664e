import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { CommandId, Emits } from '@registry/http';
import { rowsOfBody, ROW_MEDIA_TYPES } from '../uploads/row-body.js';
import { Uploads, type UploadAnswer } from '../uploads/uploads.js';
import { rosterRows } from './roster-rows.js';

@ApiTags('submissions')
@Controller('rosters')
export class RosterController {
  constructor(private readonly uploads: Uploads) {}

  /** The answer never depends on whether anybody is known. */
  @Post()
  @HttpCode(200)
  @Roles('roster')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Whom the organization serves: an enrolment, coverage or client roster, as `/schemas/roster-entry.json` says',
  })
  @ApiConsumes(...ROW_MEDIA_TYPES)
  @ApiBody({ schema: { type: 'array', items: { $ref: '/schemas/roster-entry.json' } } })
  @ApiHeader({ name: 'idempotency-key', required: false })
  take(
    @Body() body: unknown,
    @Headers('content-type') contentType: string,
    @CommandId() uploadId: string,
    @CurrentCaller() caller: Caller,
  ): Promise<UploadAnswer> {
    return this.uploads.take(uploadId, rosterRows, rowsOfBody(body, contentType), caller);
  }
}
