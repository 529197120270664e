import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import type { User } from '@registry/directory-domain';
import { Emits } from '@registry/http';
import { ListUsers, type UserPage } from './list-users.query.js';
import { EnrolUserDto, UserRolesDto } from './user.dto.js';
import { ChangeUserRoles, DeactivateUser, EnrolUser } from './user.handlers.js';

@ApiTags('directory')
@Controller('directory')
@Roles('administrator')
export class UserController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('organizations/:id/users')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Enrols a user of an organization' })
  enrol(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: EnrolUserDto,
    @CurrentCaller() caller: Caller,
  ): Promise<User> {
    return this.commands.execute(new EnrolUser(id, body, caller));
  }

  @Get('organizations/:id/users')
  @Emits('nothing')
  @ApiOperation({ summary: 'Users of an organization by id, 100 at most; go on with `after`' })
  @ApiQuery({ name: 'after', required: false })
  list(@Param('id', ParseUUIDPipe) id: string, @Query('after') after?: string): Promise<UserPage> {
    return this.queries.execute(new ListUsers(id, typeof after === 'string' ? after : ''));
  }

  @Put('users/:id/roles')
  @Emits('nothing')
  @ApiOperation({ summary: 'Replaces a user’s roles' })
  changeRoles(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: UserRolesDto,
    @CurrentCaller() caller: Caller,
  ): Promise<User> {
    return this.commands.execute(new ChangeUserRoles(id, body, caller));
  }

  @Post('users/:id/deactivate')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Deactivates a user at once, for good' })
  deactivate(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<User> {
    return this.commands.execute(new DeactivateUser(id, caller));
  }
}
