import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import type { Site } from '@registry/directory-domain';
import { Emits } from '@registry/http';
import { ListSites, type SitePage } from './list-sites.query.js';
import { AmendSiteDto, OpenSiteDto } from './site.dto.js';
import { AmendSite, CloseSite, OpenSite } from './site.handlers.js';

@ApiTags('directory')
@Controller('directory')
@Roles('administrator')
export class SiteController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('organizations/:id/sites')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Opens a site of an organization' })
  open(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: OpenSiteDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Site> {
    return this.commands.execute(new OpenSite(id, body, caller));
  }

  @Get('organizations/:id/sites')
  @Roles('administrator', 'help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Sites of an organization by code, 100 at most; go on with `after`' })
  @ApiQuery({ name: 'after', required: false })
  list(@Param('id', ParseUUIDPipe) id: string, @Query('after') after?: string): Promise<SitePage> {
    return this.queries.execute(new ListSites(id, typeof after === 'string' ? after : ''));
  }

  @Put('sites/:code')
  @Emits('nothing')
  @ApiOperation({ summary: 'Replaces name and facility names of a site' })
  amend(
    @Param('code') code: string,
    @Body() body: AmendSiteDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Site> {
    return this.commands.execute(new AmendSite(code, body, caller));
  }

  @Post('sites/:code/close')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Closes a site' })
  close(@Param('code') code: string, @CurrentCaller() caller: Caller): Promise<Site> {
    return this.commands.execute(new CloseSite(code, caller));
  }
}
