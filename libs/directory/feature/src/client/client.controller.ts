import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import { RegisterClient, RevokeClient, RotateClientKey, type ClientWithKey } from './client.commands.js';
import { RegisterClientDto } from './client.dto.js';

@ApiTags('directory')
@Controller('directory')
@Roles('administrator')
export class ClientController {
  constructor(private readonly commands: CommandBus) {}

  @Post('organizations/:id/clients')
  @HttpCode(201)
  @Emits('nothing')
  @ApiOperation({ summary: 'Registers a system client; its API key is in this answer only' })
  register(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: RegisterClientDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ClientWithKey> {
    return this.commands.execute(new RegisterClient(id, body, caller));
  }

  @Post('clients/:id/rotate-key')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Gives a client a new API key; the old one stops working at once' })
  rotate(@Param('id', ParseUUIDPipe) id: string, @CurrentCaller() caller: Caller): Promise<ClientWithKey> {
    return this.commands.execute(new RotateClientKey(id, caller));
  }

  @Post('clients/:id/revoke')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({ summary: 'Revokes a client at once' })
  revoke(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<{ readonly clientId: string }> {
    return this.commands.execute(new RevokeClient(id, caller));
  }
}
