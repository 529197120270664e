export { DirectoryModule } from './directory.module.js';
export { CallersModule } from './access/callers.module.js';
export { accessTopic } from './access/access.topic.js';
export { relationshipTopic } from './relationship/relationship.topic.js';
export { DEMO_KEYS, DEMO_ORGANIZATIONS } from './demo/demo-seed.js';
export { DirectorySetup } from './demo/directory-setup.js';
export { prepareDirectory } from './demo/prepare-directory.js';
