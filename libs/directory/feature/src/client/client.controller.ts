import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import {
  AmendClient,
  RegisterClient,
  RevokeClient,
  RevokeEarlierKey,
  RotateClientKey,
  type ClientView,
  type ClientWithKey,
  type RotatedKey,
} from './client.commands.js';
import { ClientSettingsDto, RotateKeyDto } from './client.dto.js';
import { ListClients, type ClientPage } from './list-clients.query.js';

@ApiTags('directory')
@Controller('directory')
@Roles('administrator')
export class ClientController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('organizations/:id/clients')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Registers a system client; its API key is in this answer only' })
  register(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: ClientSettingsDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ClientWithKey> {
    return this.commands.execute(new RegisterClient(id, body, caller));
  }

  @Get('organizations/:id/clients')
  @Emits('nothing')
  @ApiOperation({ summary: 'System clients of an organization by id, 100 at most; go on with `after`' })
  @ApiQuery({ name: 'after', required: false })
  list(@Param('id', ParseUUIDPipe) id: string, @Query('after') after?: string): Promise<ClientPage> {
    return this.queries.execute(new ListClients(id, typeof after === 'string' ? after : ''));
  }

  @Put('clients/:id')
  @Emits('nothing')
  @ApiOperation({ summary: 'Replaces what a client is and may do; its key stays' })
  amend(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: ClientSettingsDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ClientView> {
    return this.commands.execute(new AmendClient(id, body, caller));
  }

  @Post('clients/:id/rotate-key')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({
    summary: 'Gives a client a new API key; the earlier one stays good for a time that is stated',
  })
  rotate(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { overlapHours }: RotateKeyDto,
    @CurrentCaller() caller: Caller,
  ): Promise<RotatedKey> {
    return this.commands.execute(new RotateClientKey(id, overlapHours, caller));
  }

  @Post('clients/:id/revoke-earlier-key')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Ends at once what is left of the earlier key after a rotation' })
  revokeEarlierKey(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<ClientView> {
    return this.commands.execute(new RevokeEarlierKey(id, caller));
  }

  @Post('clients/:id/revoke')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Revokes a client at once, with all its keys' })
  revoke(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<{ readonly clientId: string }> {
    return this.commands.execute(new RevokeClient(id, caller));
  }
}
