import { open } from './sealing.js';

/** Long enough for all consumers of one event, which look at it one after the other; those of a registry under load are some 300 ms late. */
const MOMENT_MS = 500;
/** Some 3 KiB of text each, as a rule, and as much again parsed. */
const MOST = 1_024;

/** What was sealed, in clear. Shared: not to be changed. */
export class OpenedContent {
  #json: unknown;

  /** @param text UTF-8 */
  constructor(readonly text: Buffer) {}

  /** Parsed when it is first asked for. @throws SyntaxError */
  get json(): unknown {
    this.#json ??= JSON.parse(this.text.toString('utf8'));
    return this.#json;
  }
}

interface Opening {
  readonly key: Uint8Array;
  readonly sealed: string;
  readonly content: OpenedContent;
}

let openings = new Map<string, Opening>();
let forgetting: NodeJS.Timeout | undefined;

/**
 * As `open`, but what several ask for within one moment is opened once: an event that comes in is looked at by identity, by privacy and by
 * the directory. Whoever asks must have the key, as it is now; it is forgotten after the moment.
 * @throws SealBroken
 */
export const openShared = (key: Uint8Array, keyId: string, sealed: string): OpenedContent => {
  const known = openings.get(keyId);
  if (known !== undefined && known.sealed === sealed && Buffer.compare(known.key, key) === 0)
    return known.content;
  const content = new OpenedContent(open(key, keyId, sealed));
  if (openings.size >= MOST) forget();
  openings.set(keyId, { key, sealed, content });
  forgetting ??= setTimeout(forget, MOMENT_MS).unref();
  return content;
};

const forget = (): void => {
  clearTimeout(forgetting);
  forgetting = undefined;
  openings = new Map();
};
