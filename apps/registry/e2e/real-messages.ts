import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SHARED_DATA = process.env['SHARED_DATA'] ?? join(__dirname, '../../../../shared/data');

/** One of the public real-world messages; a message of our own, alike in form, where that set is not at hand. */
export const realVxu = (file: string): string => {
  const path = join(SHARED_DATA, 'hl7/vxu', file);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  process.stderr.write(`\nNOT THERE: ${file}; a message of our own stands in for it\n`);
  return OWN_VXU;
};

const OWN_VXU = [
  'MSH|^~\\&||wcEHR||IIS|20150624084727-0500||VXU^V04^VXU_V04|72268|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS',
  'PID|1||76511^^^wcEHR^MR||Johnson^Daryl^Andre^^^^L||20131203|M||2054-5^African American^CDCREC|125 Aspen Crescent^^Bozeman^MT^59715^USA^P',
  'PD1|||||||||||04^Reminder only - any method^HL70215|Y|20150624|||A|20131203|20150624',
  'ORC|RE|773^wcEHR|22119^wcEHR',
  'RXA|0|1|20150624||83^Hep A^CVX|0.5|mL^mL^UCUM||00^New Record^NIP001|||||| 68736|20150729|MSD^Merck^MVX|||CP|A',
  '',
].join('\r');
