import type { IsoDate } from './hl7-date.js';
import type { Hl7Problem } from './problem.js';
import { SegmentReader } from './segment-reader.js';
import type { Hl7Segment } from './segment.js';
import { PUBLICITY, REGISTRY_STATUS, YES_OR_NO } from './tables/person-tables.js';
import type { VxuRegistryStatus } from './vxu.js';

const NO_STATUS: VxuRegistryStatus = Object.freeze({});

/**
 * Reads PD1: three codes, each with the day since when it holds.
 *
 * @param receivedOn no day may be after it: a status of the future would outrank whatever the person decides until then
 */
export function readRegistryStatus(
  segment: Hl7Segment | undefined,
  problems: Hl7Problem[],
  receivedOn: IsoDate,
): VxuRegistryStatus {
  if (!segment) return NO_STATUS;
  const reader = new SegmentReader(segment, problems);
  const since = (field: number, of: number, name: string): IsoDate | undefined => {
    const date = reader.date(field, `effective date of the ${name}`, { notAfter: receivedOn });
    if (date !== undefined && reader.text(of) === '') {
      reader.report('W', 'illogical-value', field, `The ${name} has an effective date, but no value.`);
    }
    return date;
  };
  return Object.freeze({
    publicityCode: reader.code(11, PUBLICITY, 'publicity code'),
    protectionIndicator: reader.code(12, YES_OR_NO, 'protection indicator'),
    protectionIndicatorSince: since(13, 12, 'protection indicator'),
    registryStatus: reader.code(16, REGISTRY_STATUS, 'registry status'),
    registryStatusSince: since(17, 16, 'registry status'),
    publicityCodeSince: since(18, 11, 'publicity code'),
  });
}
