import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import type { Organization } from '@registry/directory-domain';
import { Emits } from '@registry/http';
import { ListOrganizations, type OrganizationPage } from './list-organizations.query.js';
import {
  AcquireOrganization,
  AmendOrganization,
  CloseOrganization,
  EnrolOrganization,
} from './organization.commands.js';
import { AcquireOrganizationDto, AmendOrganizationDto, EnrolOrganizationDto } from './organization.dto.js';
import { ReadOrganization, type OrganizationWithAgreement } from './read-organization.query.js';

@ApiTags('directory')
@Controller('directory/organizations')
export class OrganizationController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(201)
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Enrols an organization' })
  enrol(@Body() body: EnrolOrganizationDto, @CurrentCaller() caller: Caller): Promise<Organization> {
    return this.commands.execute(new EnrolOrganization(body, caller));
  }

  @Get()
  @Roles('administrator', 'help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'Organizations by id, 100 at most; go on with `after`' })
  @ApiQuery({ name: 'after', required: false })
  list(@Query('after') after?: string): Promise<OrganizationPage> {
    return this.queries.execute(new ListOrganizations(typeof after === 'string' ? after : ''));
  }

  @Get(':id')
  @Roles('administrator', 'help-desk')
  @Emits('nothing')
  @ApiOperation({ summary: 'One organization, with its agreement' })
  read(@Param('id', ParseUUIDPipe) id: string): Promise<OrganizationWithAgreement> {
    return this.queries.execute(new ReadOrganization(id));
  }

  @Put(':id')
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Replaces name, parent and jurisdiction of an organization' })
  amend(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: AmendOrganizationDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Organization> {
    return this.commands.execute(new AmendOrganization(id, body, caller));
  }

  @Post(':id/close')
  @HttpCode(200)
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Closes an organization: its clients no longer get in' })
  close(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<Organization> {
    return this.commands.execute(new CloseOrganization(id, caller));
  }

  @Post(':id/acquired')
  @HttpCode(200)
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Records that another organization acquired it: its clients and agreement end and do not pass over',
  })
  acquire(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: AcquireOrganizationDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Organization> {
    return this.commands.execute(new AcquireOrganization(id, body, caller));
  }
}
