import { parseMessage } from './parse-message.js';
import { type VxuContext, type VxuReading, readVxu } from './read-vxu.js';
import type { Vxu } from './vxu.js';

/** A message of the guide's form, of nobody. */
export const SAMPLE = [
  'MSH|^~\\&|EHR|CLINIC^1.2.3^ISO|MIIC|MDH|20260110083000-0600||VXU^V04^VXU_V04|MSG-1|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS|CLINIC^^^^^MDH^XX^^^7001',
  'PID|1||MRN-1^^^CLINIC&1.2.3&ISO^MR~S-2^^^SSA^SS||Testperson^Ada^B^Jr^^^L~Other^Ada^^^^^A|Vorname^Eva^^^^^M|20240229|F||2106-3^White^CDCREC~2054-5^Black^CDCREC|1 First St^Apt 2^St Paul^MN^55101^USA^H||^PRN^PH^^^651^5551212~^NET^Internet^a@example.org||eng^English^ISO639|||||||2186-5^not Hispanic^CDCREC||Y|2',
  'PD1|||||||||||02^Any^HL70215|Y|20240301|||A|20240302|20240303',
  'NK1|1|Testperson^Eva^^^^^L|MTH^Mother^HL70063|1 First St^^St Paul^MN^55101^USA^H|^PRN^PH^^^651^5551212',
  'ORC|RE|P-1^EHR|F-1^CLINIC^1.2.3^ISO|||||||||77^Order^Olga^^^^^^NPI&2.16.840.1.113883.4.6&ISO^L',
  'RXA|0|1|20250301||08^Hep B^CVX^58160-0820-11^Engerix^NDC|0.5|mL^mL^UCUM||00^New^NIP001|88^Nurse^Nora^^^^^^NPI^L|^^^CLINIC-7||||LOT1~LOT2|20270101|SKB^GSK^MVX|||CP|A',
  'RXR|C28161^Intramuscular^NCIT^IM^IM^HL70162|LT^Left Thigh^HL70163',
  'OBX|1|CE|64994-7^Eligibility^LN|1|V02^Medicaid^HL70064||||||F|||20250301',
  'OBX|2|TS|29768-9^Published^LN|2|20200115||||||F|||20250301',
  'ORC|RE||F-2^CLINIC',
  'RXA|0|1|20250401||998^No vaccine administered^CVX|999||||||||||||||NA|A',
  'OBX|1|CE|59784-9^Disease with presumed immunity^LN|1|38907003^Varicella^SCT||||||F|||20250401',
] as const;

/** One change to {@link SAMPLE}: the field of the first segment of that name is replaced. */
export type Change = readonly [segment: string, field: number, value: string];

/** {@link SAMPLE} with fields replaced, segments ended by CR. */
export function sampleWith(...changes: readonly Change[]): string {
  const lines: string[] = [...SAMPLE];
  for (const [segment, field, value] of changes) {
    const [id, occurrence = '1'] = segment.split('#');
    let seen = 0;
    const index = lines.findIndex((line) => line.startsWith(`${id}|`) && ++seen === Number(occurrence));
    const fields = (lines[index] ?? '').split('|');
    // MSH-1 is the first separator.
    const at = id === 'MSH' ? field - 1 : field;
    while (fields.length <= at) fields.push('');
    fields[at] = value;
    lines[index] = fields.join('|');
  }
  return asMessage(lines);
}

/** {@link SAMPLE} without the segments of these indices. */
export function sampleWithout(...indices: readonly number[]): string {
  return asMessage(SAMPLE.filter((_, index) => !indices.includes(index)));
}

export function asMessage(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r`).join('');
}

export function read(text: string, context: Partial<VxuContext> = {}): VxuReading {
  return readVxu(parseMessage(text), { receivedOn: '2026-01-15', ...context });
}

/** The value of a reading that must not be rejected. */
export function vxuOf(reading: VxuReading): Vxu {
  if (!reading.vxu) throw new Error('The message was rejected.');
  return reading.vxu;
}

/** Problems in short: severity, codes of tables 0357 and 0533, place. */
export function summary(reading: VxuReading): readonly string[] {
  return reading.problems.map(({ severity, code, applicationCode, location }) => {
    const { segment, sequence, field } = location ?? {};
    const place = location ? `${segment}#${sequence}${field === undefined ? '' : `-${field}`}` : 'nowhere';
    return `${severity} ${code}/${applicationCode ?? '-'} ${place}`;
  });
}
