/** The five delimiters of one message, from MSH-1 and MSH-2. Each is one UTF-16 unit. */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
}

/** What the CDC guide prescribes, and what this library always writes. */
export const STANDARD_DELIMITERS: Delimiters = Object.freeze({
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
});

/** MSH-2 of {@link STANDARD_DELIMITERS}. */
export const STANDARD_ENCODING_CHARACTERS = '^~\\&';

export type DelimitersReading =
  /** `repaired`: a character was sent doubled. `unusual`: usable, but not what the guide prescribes. */
  | {
      readonly kind: 'read';
      readonly delimiters: Delimiters;
      readonly repaired: boolean;
      readonly unusual: boolean;
    }
  | { readonly kind: 'unusable' };

/**
 * Reads the delimiters that a message declares.
 *
 * `^~\\&` (an escape character doubled by a source-code or JSON encoder, the commonest defect there is) is read as
 * `^~\&`: taken literally it would declare the escape character a second time as sub-component separator.
 *
 * @param fieldSeparator MSH-1, one character
 * @param encodingCharacters MSH-2 as sent; a fifth character (the truncation character of 2.7) is ignored
 */
export function readDelimiters(fieldSeparator: string, encodingCharacters: string): DelimitersReading {
  if (fieldSeparator === '|' && encodingCharacters === STANDARD_ENCODING_CHARACTERS) {
    return { kind: 'read', delimiters: STANDARD_DELIMITERS, repaired: false, unusual: false };
  }
  const collapsed = encodingCharacters.replace(/(.)\1+/gs, '$1');
  if (collapsed.length < 4 || collapsed.length > 5) return { kind: 'unusable' };
  const all = fieldSeparator + collapsed;
  // Letters, digits and spaces occur in every value; a repeated character would have two meanings.
  if (!/^[!-/:-@[-`{-~]+$/.test(all) || new Set(all).size !== all.length) return { kind: 'unusable' };
  const delimiters: Delimiters = Object.freeze({
    field: fieldSeparator,
    component: collapsed.charAt(0),
    repetition: collapsed.charAt(1),
    escape: collapsed.charAt(2),
    subcomponent: collapsed.charAt(3),
  });
  return {
    kind: 'read',
    delimiters,
    repaired: collapsed !== encodingCharacters,
    unusual: all !== `|${STANDARD_ENCODING_CHARACTERS}`,
  };
}
