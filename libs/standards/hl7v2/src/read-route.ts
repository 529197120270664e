import { codesOf } from './data-types.js';
import type { Hl7Problem } from './problem.js';
import { SegmentReader, textOf } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { BODY_SITE, ROUTE } from './tables/vaccination-tables.js';
import type { AdministrationRoute, Coded } from './vxu.js';

/** Reads RXR. Required: RXR-1; `undefined` when it is empty or bad: the segment is lost. */
export function readRoute(segment: Hl7Segment, problems: Hl7Problem[]): AdministrationRoute | undefined {
  const reader = new SegmentReader(segment, problems);
  const route = readCodes(reader, 1, ROUTE, 'route');
  const site = readCodes(reader, 2, BODY_SITE, 'site');
  if (route.length > 0) return Object.freeze({ route, site });
  const text = 'The route is missing; route and site were not taken.';
  if (!reader.first(1)) reader.report('E', 'field-missing', 1, text);
  else reader.report('E', 'data-ignored', undefined, text);
  return undefined;
}

const NONE: readonly Coded[] = Object.freeze([]);

/** Both codes of a field, such as NCIT and HL70162, as far as the table has them. */
function readCodes(
  reader: SegmentReader,
  field: number,
  table: ReadonlySet<string>,
  name: string,
): readonly Coded[] {
  const sent = reader.first(field);
  if (!sent) return NONE;
  const codes = codesOf(sent.repetition);
  const known = codes.filter(({ code }) => table.has(code));
  if (known.length === codes.length && codes.length > 0) return codes;
  const place = { repetition: sent.number, component: table.has(codes[0]?.code ?? '') ? 4 : 1 };
  if (codes.length > 0) {
    const text = `The ${name} is not in its table; it was not taken.`;
    reader.report('E', 'unknown-code', field, text, place);
  } else {
    const isLost = textOf(sent.repetition, 2) !== '' || textOf(sent.repetition, 5) !== '';
    const text = isLost ? `The ${name} has no code; it was not taken.` : `The ${name} has no code.`;
    reader.report(isLost ? 'E' : 'W', 'field-missing', field, text, place);
  }
  return Object.freeze(known);
}
