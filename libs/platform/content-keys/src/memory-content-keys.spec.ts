import { contentKeysContract } from './content-keys.contract.js';
import { createMemoryContentKeys } from './index.js';

contentKeysContract('A map in memory', (now) => Promise.resolve(createMemoryContentKeys({ now })));
