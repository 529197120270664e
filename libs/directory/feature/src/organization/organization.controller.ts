import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import type { Agreement, Organization } from '@registry/directory-domain';
import { Emits } from '@registry/http';
import {
  CloseOrganization,
  EndAgreement,
  EnrolOrganization,
  SignAgreement,
} from './organization.commands.js';
import { EnrolOrganizationDto, SignAgreementDto } from './organization.dto.js';
import { ListOrganizations, type OrganizationPage } from './list-organizations.query.js';

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

  @Post(':id/close')
  @HttpCode(200)
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Closes an organization: its clients no longer get in' })
  close(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<Organization> {
    return this.commands.execute(new CloseOrganization(id, caller));
  }

  @Put(':id/agreement')
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Records the signed user agreement' })
  sign(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: SignAgreementDto,
    @CurrentCaller() caller: Caller,
  ): Promise<Agreement> {
    return this.commands.execute(new SignAgreement(id, body, caller));
  }

  @Post(':id/agreement/end')
  @HttpCode(200)
  @Roles('administrator')
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends the user agreement now: the organization may submit but no longer read' })
  end(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<Agreement> {
    return this.commands.execute(new EndAgreement(id, caller));
  }
}
