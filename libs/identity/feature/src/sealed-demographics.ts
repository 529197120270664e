import { open, type ContentKeys } from '@registry/content-keys';
import { Demographics, validatorOf } from '@registry/contracts';

export interface SealedContent {
  /** Stream and key id. */
  readonly keyId: string;
  readonly sealed: string;
}

const readDemographics = validatorOf('Demographics', Demographics);

/**
 * Opens the demographics of sealed contents in memory, in the order given. Undefined where the key is gone: that
 * content was destroyed and takes no part in matching.
 * @throws ContractViolation @throws SealBroken
 */
export const openDemographics = async (
  keys: ContentKeys,
  contents: readonly SealedContent[],
): Promise<(Demographics | undefined)[]> => {
  const found = await keys.getMany(contents.map((content) => content.keyId));
  return contents.map(({ keyId, sealed }) => {
    const key = found.get(keyId);
    if (key === undefined) return undefined;
    const content = JSON.parse(open(key, keyId, sealed).toString('utf8')) as { demographics?: unknown };
    return readDemographics(content.demographics);
  });
};
