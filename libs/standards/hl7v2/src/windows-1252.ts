/** What windows-1252 has in the places 80 to 9F; the five that it leaves out keep their control character. */
const PLACES_80_TO_9F = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const BETWEEN_80_AND_9F = /[\u0080-\u009f]/g;

/**
 * Decodes windows-1252. By hand: `TextDecoder` of several Node versions takes the set for ISO 8859-1 and makes control
 * characters of its quotation marks and dashes, the apostrophe of many a name among them.
 */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(BETWEEN_80_AND_9F, (character) => PLACES_80_TO_9F.charAt(character.charCodeAt(0) - 0x80));
}
