import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Roles, type Caller } from '@registry/access';
import { Emits } from '@registry/http';
import { EndRelationship, type EndedRelationship } from './end-relationship.handler.js';
import { EndRelationshipDto } from './relationship.dto.js';

@ApiTags('directory')
@Controller('directory/organizations')
@Roles('administrator')
export class RelationshipController {
  constructor(private readonly commands: CommandBus) {}

  @Post(':id/relationships/:registryId/end')
  @HttpCode(200)
  @Emits('nothing')
  @ApiOperation({
    summary:
      'Ends an organization’s relationship with a person, whom its own registry id for that person names',
  })
  end(
    @Param('id', ParseUUIDPipe) id: string,
    @Param('registryId', ParseUUIDPipe) registryId: string,
    @Body() { reason }: EndRelationshipDto,
    @CurrentCaller() caller: Caller,
  ): Promise<EndedRelationship> {
    return this.commands.execute(new EndRelationship(id, registryId, reason, caller));
  }
}
