import { isAscii, isUtf8 } from 'node:buffer';
import { decoderNameOf } from './character-sets.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import { decodeWindows1252 } from './windows-1252.js';

export interface DecodedMessage {
  /** Well-formed Unicode without U+0000. */
  readonly text: string;
  /** How it was read, by the name of the WHATWG Encoding Standard, such as `utf-8`. */
  readonly characterSet: string;
  /** To be handed to `parseMessage`, which puts them before its own. */
  readonly problems: readonly Hl7Problem[];
}

const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });
const NO_PROBLEMS: readonly Hl7Problem[] = Object.freeze([]);
/** Where MSH is looked for behind the headers of a batch. */
const HEADER_WINDOW = 8_192;
const WINDOWS_1252 = 'windows-1252';
const SINGLE_BYTE = /^(?:iso-8859|windows)-/;
const START_BLOCK = 0x0b;
const END_BLOCK = 0x1c;

/**
 * Makes text of the bytes of a message, or of a batch: takes off MLLP framing and a byte order mark, and reads the rest
 * in the set that MSH-18 (of the first message) declares. Never throws.
 *
 * A mark, or the zero bytes of UTF-16, outrank MSH-18. Blank means UTF-8, and Windows-1252 where the bytes are no UTF-8.
 * A set that is declared wrongly or cannot be read gets a warning at MSH-18 and the best that can be made of it; bytes
 * that mean nothing become U+FFFD, which is a loss and so an error.
 */
export function decodeMessage(bytes: Uint8Array): DecodedMessage {
  const content = withoutStart(bytes);
  const wide = wideSetOf(content);
  if (wide !== undefined) return decodedAs(wide, content, wideProblem(wide, content));
  const body = withoutEnd(content);
  const declared = declaredSet(body);
  const name = declared === '' ? 'utf-8' : decoderNameOf(declared);
  // Nearly every message: UTF-8, or what is the same in all the sets that contain ASCII.
  if (name === 'utf-8' && isUtf8(body)) return decoded(UTF_8.decode(body), 'utf-8', NO_PROBLEMS);
  if (name === undefined) return guessed(body, UNKNOWN_SET);
  if (name === 'utf-16') return guessed(body, NOT_AS_DECLARED);
  if (name !== 'iso-2022-jp' && isAscii(body)) return decoded(UTF_8.decode(body), 'utf-8', NO_PROBLEMS);
  if (name === 'us-ascii') return guessed(body, NOT_ASCII);
  if (name === 'utf-8') return declared === '' ? guessed(body, UNDECLARED) : brokenUtf8(body);
  if (SINGLE_BYTE.test(name) && isUtf8(body)) {
    // Nearly every byte means something in these sets, but a text that happens to be UTF-8 all through hardly occurs.
    return decoded(UTF_8.decode(body), 'utf-8', [warning(NOT_AS_DECLARED)]);
  }
  return name === WINDOWS_1252
    ? decoded(decodeWindows1252(body), name, NO_PROBLEMS)
    : decodedAs(name, body, undefined);
}

const UNKNOWN_SET = 'The character set is not supported; the message was read as UTF-8 or Windows-1252.';
const UNDECLARED = 'The message is not in UTF-8; it was read as Windows-1252. Declare its character set.';
const NOT_ASCII =
  'The message is not in ASCII; it was read as UTF-8 or Windows-1252. Declare its character set.';
const NOT_AS_DECLARED =
  'The message is not in the character set that it declares; it was read as what it seems to be.';
const UNREADABLE = 'Some characters do not exist in the character set; they were replaced.';
const ZERO = 'The message has zero characters; they were replaced.';

const MSH_18 = Object.freeze({ segment: 'MSH', sequence: 1, field: 18 });

function warning(message: string): Hl7Problem {
  return hl7Problem('W', 'invalid-value', MSH_18, message);
}

/** UTF-8 where the bytes are, else Windows-1252, in which every byte means something. */
function guessed(body: Uint8Array, message: string): DecodedMessage {
  const problems = [warning(message)];
  return isUtf8(body)
    ? decoded(UTF_8.decode(body), 'utf-8', problems)
    : decoded(decodeWindows1252(body), WINDOWS_1252, problems);
}

/**
 * Declared as UTF-8, but it is not. Without any character of several bytes it is a text of a set of single bytes whose
 * sender declares what it does not do; otherwise it is UTF-8 with damage.
 */
function brokenUtf8(body: Uint8Array): DecodedMessage {
  const text = UTF_8.decode(body);
  // eslint-disable-next-line no-control-regex
  return /[^\u0000-\u007f\ufffd]/.test(text)
    ? decoded(text, 'utf-8', [hl7Problem('E', 'invalid-value', MSH_18, UNREADABLE)])
    : guessed(body, NOT_AS_DECLARED);
}

function decodedAs(name: string, body: Uint8Array, problem: Hl7Problem | undefined): DecodedMessage {
  const problems = problem ? [problem] : [];
  try {
    return decoded(new TextDecoder(name, { fatal: true }).decode(body), name, problems);
  } catch {
    problems.push(hl7Problem('E', 'invalid-value', MSH_18, UNREADABLE));
    return decoded(new TextDecoder(name).decode(body), name, problems);
  }
}

function decoded(text: string, characterSet: string, problems: readonly Hl7Problem[]): DecodedMessage {
  // No decoder lets a lone surrogate out; a zero character is valid in every set, but no store takes it.
  if (!text.includes('\u0000')) return { text, characterSet, problems };
  return { text: text.replaceAll('\u0000', '\ufffd'), characterSet, problems: [...problems, warning(ZERO)] };
}

/** UTF-16, known by its byte order mark or by the zero bytes of its first two characters. */
function wideSetOf([first, second, third, fourth]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0)) {
    return 'utf-16le';
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0)) {
    return 'utf-16be';
  }
  return undefined;
}

function wideProblem(name: string, body: Uint8Array): Hl7Problem | undefined {
  const head = new TextDecoder(name).decode(body.subarray(0, 2 * HEADER_WINDOW));
  const declared = declaredSet(Buffer.from(head));
  const isDeclared = declared === '' || declared.toUpperCase().startsWith('UNICODE');
  return isDeclared ? undefined : warning(NOT_AS_DECLARED);
}

/** MSH-18 of the first message, its first repetition; `''` when blank or when there is no MSH. */
function declaredSet(body: Uint8Array): string {
  const start = headerStart(body);
  if (start < 0) return '';
  const separator = body[start + 3];
  let field = 2;
  let from = 0;
  for (let at = start + 4; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === 0x0d || byte === 0x0a) return field === 18 ? nameOf(body, from, at) : '';
    if (byte !== separator) continue;
    if (field === 18) return nameOf(body, from, at);
    field += 1;
    if (field === 18) from = at + 1;
  }
  return field === 18 ? nameOf(body, from, body.length) : '';
}

/** Long values are no names. */
function nameOf(body: Uint8Array, from: number, to: number): string {
  if (from === to) return '';
  const field = UTF_8.decode(body.subarray(from, Math.min(to, from + 100)));
  return (field.split(/[~^]/)[0] ?? '').trim();
}

/** Where the first MSH begins: at once, or as a line behind the headers of a batch; else -1. */
function headerStart(body: Uint8Array): number {
  if (isHeaderAt(body, 0)) return 0;
  const end = Math.min(body.length, HEADER_WINDOW);
  for (let at = 1; at < end; at += 1) {
    if ((body[at - 1] ?? 0x20) <= 0x20 && isHeaderAt(body, at)) return at;
  }
  return -1;
}

function isHeaderAt(body: Uint8Array, at: number): boolean {
  return body[at] === 0x4d && body[at + 1] === 0x53 && body[at + 2] === 0x48;
}

/** Without the start of MLLP framing, line ends, and the mark of UTF-8. */
function withoutStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (bytes[start] === START_BLOCK || bytes[start] === 0x0d || bytes[start] === 0x0a) start += 1;
  if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  while (bytes[start] === START_BLOCK) start += 1;
  return start === 0 ? bytes : bytes.subarray(start);
}

/** Without the end of MLLP framing, and the zeros that fill up a buffer. The last segment keeps its terminator. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  let frame = end;
  while (frame > 0 && (bytes[frame - 1] === 0x0d || bytes[frame - 1] === 0x0a)) frame -= 1;
  if (bytes[frame - 1] === END_BLOCK) end = frame - 1;
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}
