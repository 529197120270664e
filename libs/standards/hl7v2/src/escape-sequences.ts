import { type Delimiters, STANDARD_DELIMITERS } from './delimiters.js';

/** Control characters: CR and LF would end the segment, the others upset receivers. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/g;
// eslint-disable-next-line no-control-regex
const NEEDS_LOOK = /[|^~\\&\u0000-\u001f\u007f]/;
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });
const HEXADECIMAL = /^X((?:[0-9A-Fa-f]{2})+)$/;

/**
 * Writes a value so that it can stand anywhere in a message: delimiters become `\F\ \S\ \R\ \E\ \T\`, control
 * characters `\Xhh\`. `unescapeText(escapeText(x)) === x` for every string without U+0000.
 */
export function escapeText(value: string, delimiters: Delimiters = STANDARD_DELIMITERS): string {
  const { escape } = delimiters;
  // Most values have nothing to escape.
  if (!NEEDS_LOOK.test(value) && delimiters === STANDARD_DELIMITERS) return value;
  let written = '';
  for (const character of value) {
    written += character === escape ? `${escape}E${escape}` : (letterOf(character, delimiters) ?? character);
  }
  return written.replace(
    CONTROL,
    (character) =>
      `${escape}X${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${escape}`,
  );
}

function letterOf(character: string, delimiters: Delimiters): string | undefined {
  const { escape } = delimiters;
  if (character === delimiters.field) return `${escape}F${escape}`;
  if (character === delimiters.component) return `${escape}S${escape}`;
  if (character === delimiters.repetition) return `${escape}R${escape}`;
  if (character === delimiters.subcomponent) return `${escape}T${escape}`;
  return undefined;
}

/**
 * Replaces the escape sequences of HL7 v2.5.1 chapter 2.7. `\.br\` becomes a line feed, highlighting (`\H\`, `\N\`)
 * nothing, `\X..\` the UTF-8 text of its bytes, with U+FFFD for a zero byte, which databases refuse. An unknown or unclosed sequence stays as sent: a stray backslash is
 * a defect of the sender, not a reason to lose the text around it.
 */
export function unescapeText(sent: string, delimiters: Delimiters): string {
  const { escape } = delimiters;
  let open = sent.indexOf(escape);
  if (open < 0) return sent;
  let read = sent.slice(0, open);
  for (;;) {
    const close = sent.indexOf(escape, open + 1);
    if (close < 0) return read + sent.slice(open);
    const replacement = meaningOf(sent.slice(open + 1, close), delimiters);
    // An unknown sequence keeps its first backslash as text; its second may open a sequence of its own.
    read += replacement ?? escape;
    const resume = replacement === undefined ? open + 1 : close + 1;
    open = sent.indexOf(escape, resume);
    if (open < 0) return read + sent.slice(resume);
    read += sent.slice(resume, open);
  }
}

/** `\Cxxyy\` and `\Mxxyyzz\` of chapter 2.7.2: the text behind is in another character set. */
const SWITCH = /^[CM][0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?$/;

/** Whether a text switches its character set; {@link unescapeText} keeps such sequences as sent. */
export function switchesCharacterSet(sent: string, delimiters: Delimiters): boolean {
  const { escape } = delimiters;
  let open = sent.indexOf(escape);
  while (open >= 0) {
    const close = sent.indexOf(escape, open + 1);
    if (close < 0) return false;
    const sequence = sent.slice(open + 1, close);
    if (SWITCH.test(sequence)) return true;
    open = sent.indexOf(escape, meaningOf(sequence, delimiters) === undefined ? open + 1 : close + 1);
  }
  return false;
}

function meaningOf(sequence: string, delimiters: Delimiters): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'H':
    case 'N':
      return '';
    case '.br':
      return '\n';
    default: {
      const bytes = HEXADECIMAL.exec(sequence)?.[1];
      return bytes === undefined ? undefined : textOfBytes(bytes);
    }
  }
}

function textOfBytes(hexadecimal: string): string {
  const bytes = new Uint8Array(hexadecimal.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(hexadecimal.slice(index * 2, index * 2 + 2), 16);
  }
  return UTF_8.decode(bytes).replaceAll('\u0000', '\ufffd');
}
