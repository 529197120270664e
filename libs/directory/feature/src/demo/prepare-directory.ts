import type { Configuration } from '@registry/runtime';
import type { DirectorySetup } from './directory-setup.js';

/** Lets the first clients in: those of the demonstration, or one administrator, whose key is printed once. */
export const prepareDirectory = async (
  setup: DirectorySetup,
  { REGISTRY_DEMO }: Configuration,
): Promise<void> => {
  if (REGISTRY_DEMO) {
    await setup.demonstration();
    process.stdout.write(
      'Demonstration keys, which everybody knows, are let in: never use them with real data\n',
    );
    return;
  }
  const key = await setup.firstAdministrator();
  // The one place where a key is shown, and not a log line, which would be kept.
  if (key !== undefined) process.stdout.write(`First administrator's key, shown only now: ${key}\n`);
  await setup.listed();
};
