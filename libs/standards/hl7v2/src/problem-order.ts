import type { Hl7Problem } from './problem.js';
import type { Hl7Segment } from './segment.js';

/**
 * Puts problems into the order of the message: those of the whole first, then by segment as sent, field, repetition and
 * component. What concerns a whole segment comes behind its fields, being what follows from them; what concerns a segment
 * that was not sent comes last. Problems of one place stay in the order of reading.
 */
export function inOrderOfMessage(
  problems: readonly Hl7Problem[],
  segments: readonly Hl7Segment[],
): readonly Hl7Problem[] {
  if (problems.length < 2) return problems;
  const indices = new Map<string, number>();
  for (const { id, sequence } of segments) indices.set(`${id}${sequence}`, indices.size);
  const positions = new Map<Hl7Problem, readonly number[]>();
  for (const problem of problems) positions.set(problem, positionOf(problem, indices));
  return [...problems].sort((one, other) => compare(positions.get(one), positions.get(other)));
}

function positionOf({ location }: Hl7Problem, indices: ReadonlyMap<string, number>): readonly number[] {
  if (!location) return [-1, 0, 0, 0];
  const { segment, sequence, field = LAST, repetition = LAST, component = LAST } = location;
  return [indices.get(`${segment}${sequence}`) ?? LAST, field, repetition, component];
}

/** Behind everything that is numbered. */
const LAST = Number.MAX_SAFE_INTEGER;

function compare(one: readonly number[] = [], other: readonly number[] = []): number {
  for (const [index, position] of one.entries()) {
    const difference = position - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
