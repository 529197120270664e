import 'reflect-metadata';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { Roles, CurrentCaller } from '@registry/access';
import { RECORD_SOURCE } from '@registry/privacy-gate';
import { DirectorySetup } from '@registry/directory-feature';
import { runService } from '@registry/runtime';
import { RegistryModule } from '../../apps/registry/dist/registry.module.js';

/**
 * The registry with one route more, which reads past the gate: what the gate costs is measured against it, in the same process and run. It
 * exists in this benchmark only.
 */
class UngatedController {
  constructor(records) {
    this.records = records;
  }

  async read(id, caller) {
    const candidate = await this.records.candidateById(caller.organizationId, id, 'treatment');
    const [row] = await this.records.readModel.select(
      'SELECT record FROM person_record WHERE person_id = ?',
      [candidate?.personId ?? ''],
    );
    return { id, ...JSON.parse(row.record) };
  }
}
Inject(RECORD_SOURCE)(UngatedController, undefined, 0);
Controller('ungated')(UngatedController);
Get(':id')(
  UngatedController.prototype,
  'read',
  Object.getOwnPropertyDescriptor(UngatedController.prototype, 'read'),
);
Roles('reader')(
  UngatedController.prototype,
  'read',
  Object.getOwnPropertyDescriptor(UngatedController.prototype, 'read'),
);
Param('id')(UngatedController.prototype, 'read', 0);
CurrentCaller()(UngatedController.prototype, 'read', 1);

runService({
  name: 'Registry',
  holdsFolder: true,
  module: (options) => {
    const module = RegistryModule.forRoot(options);
    return { ...module, controllers: [...module.controllers, UngatedController] };
  },
  prepare: (app) => app.get(DirectorySetup).demonstration(),
});
