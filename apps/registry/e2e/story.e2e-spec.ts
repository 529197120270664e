import { RegistryProcess, temporaryFolder } from './registry-process.js';
import { describeStory } from './registry-story.js';
import { STORES } from './stores.js';

jest.setTimeout(60_000);

for (const store of STORES.filter(({ available }) => available)) {
  describeStory(store.name, async () => {
    const folder = temporaryFolder();
    const made = await store.make();
    return {
      registry: await RegistryProcess.start({ DATA_DIR: folder.path, ...made.environment }),
      remove: async () => {
        await made.remove();
        folder.remove();
      },
    };
  });
}
