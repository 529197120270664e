import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  StreamableFile,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Public, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import { RosterRow } from '../rosters/roster.schema.js';
import { VitalRecordRow } from '../vital-records/vital-record.schema.js';
import { Uploads, type RowResult } from './uploads.js';

const DIALECT = 'http://json-schema.org/draft-07/schema#';
const SCHEMAS: Readonly<Record<string, object>> = {
  'vital-record.json': { $schema: DIALECT, ...VitalRecordRow },
  'roster-entry.json': { $schema: DIALECT, ...RosterRow },
};

@ApiTags('uploads')
@Controller()
export class UploadController {
  constructor(private readonly uploads: Uploads) {}

  @Get('uploads/:id/results')
  @Header('content-type', 'application/x-ndjson')
  @Roles('vital-records', 'roster')
  @Emits('nothing')
  @ApiOperation({
    summary: 'What became of each row of an upload of the caller’s organization, one JSON a line',
  })
  @ApiOkResponse({ content: { 'application/x-ndjson': { schema: { type: 'string' } } } })
  async results(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    if (!(await this.uploads.has(id, caller.organizationId))) throw new NotFoundException();
    return new StreamableFile(Readable.from(lines(this.uploads.resultsOf(id, caller.organizationId))));
  }

  @Get('schemas/:name')
  @Header('content-type', 'application/schema+json')
  @Public()
  @Emits('nothing')
  @ApiOperation({ summary: 'JSON Schema of a row: `vital-record.json`, `roster-entry.json`' })
  schema(@Param('name') name: string): object {
    const schema = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
    if (schema === undefined) throw new NotFoundException();
    return schema;
  }
}

async function* lines(results: AsyncIterable<RowResult>): AsyncIterable<string> {
  let chunk = '';
  for await (const result of results) {
    chunk += `${JSON.stringify(result)}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

const CHUNK_CHARACTERS = 65_536;
