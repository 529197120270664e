import type { Delimiters } from './delimiters.js';
import { switchesCharacterSet } from './escape-sequences.js';
import { type Hl7Problem, hl7Problem } from './problem.js';
import type { Hl7Segment } from './segment.js';

/**
 * Reports the fields that switch the character set in their midst. The switch is not followed: such sequences stay in
 * the text as sent, as unknown ones do.
 */
export function reportCharacterSetSwitches(
  text: string,
  segments: readonly Hl7Segment[],
  delimiters: Delimiters,
  problems: Hl7Problem[],
): void {
  const { escape } = delimiters;
  // Hardly any message has one; this is all that the others pay.
  if (!text.includes(`${escape}C`) && !text.includes(`${escape}M`)) return;
  for (const { id: segment, sequence, fields } of segments) {
    for (let field = segment === 'MSH' ? 3 : 1; field < fields.length; field += 1) {
      if (!switchesCharacterSet(fields[field] ?? '', delimiters)) continue;
      const message = 'The field switches its character set; the text was kept as sent.';
      problems.push(hl7Problem('W', 'invalid-value', { segment, sequence, field }, message));
    }
  }
}
