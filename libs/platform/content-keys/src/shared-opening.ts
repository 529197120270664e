import { open } from './sealing.js';

/** Long enough for all consumers of one event, which look at it one after the other. */
const MOMENT_MS = 200;
const MOST = 256;

interface Opening {
  readonly key: Uint8Array;
  readonly sealed: string;
  readonly text: Buffer;
}

let openings = new Map<string, Opening>();
let forgetting: NodeJS.Timeout | undefined;

/**
 * As `open`, but what several ask for within one moment is opened once: an event that comes in is looked at by identity, by privacy and by
 * the directory. Whoever asks must have the key, as it is now; the text is not to be changed, and is forgotten after the moment.
 * @throws SealBroken
 */
export const openShared = (key: Uint8Array, keyId: string, sealed: string): Buffer => {
  const known = openings.get(keyId);
  if (known !== undefined && known.sealed === sealed && Buffer.compare(known.key, key) === 0)
    return known.text;
  const text = open(key, keyId, sealed);
  if (openings.size >= MOST) forget();
  openings.set(keyId, { key, sealed, text });
  forgetting ??= setTimeout(forget, MOMENT_MS).unref();
  return text;
};

const forget = (): void => {
  clearTimeout(forgetting);
  forgetting = undefined;
  openings = new Map();
};
