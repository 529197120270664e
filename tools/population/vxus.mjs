import { NICKNAMES, PLACES, STREETS } from './names.mjs';
import { CLINICS } from './people.mjs';

const DAY_MS = 86_400_000;

/** CVX, text, lot's manufacturer, age in days when it is due. */
const SCHEDULE = [
  ['08', 'Hep B, adolescent or pediatric', 'MSD', 1], ['08', 'Hep B, adolescent or pediatric', 'MSD', 60], ['20', 'DTaP', 'SKB', 61],
  ['10', 'IPV', 'PMC', 62], ['133', 'Pneumococcal conjugate PCV 13', 'WAL', 63], ['20', 'DTaP', 'SKB', 122], ['10', 'IPV', 'PMC', 123],
  ['20', 'DTaP', 'SKB', 183], ['03', 'MMR', 'MSD', 366], ['21', 'varicella', 'MSD', 367], ['83', 'Hep A, ped/adol, 2 dose', 'SKB', 368],
  ['150', 'Influenza, split virus, quadrivalent, PF', 'PMC', 400], ['20', 'DTaP', 'SKB', 1_470], ['115', 'Tdap', 'SKB', 4_020], ['165', 'HPV9', 'MSD', 4_050],
]; // prettier-ignore

/** How often things happen, by message. */
const RATES = {
  moved: 0.06,
  otherClinic: 0.15,
  nickname: 0.3 /* of those who have one */,
  mothersNewName: 0.01,
  typo: 0.01,
  birthDateWrong: 0.004,
  noAddress: 0.05,
  noPhone: 0.1,
  historical: 0.25,
  codeUnknown: 0.003,
  doseDateWrong: 0.003,
  noVaccine: 0.002,
  noBirthDate: 0.001,
  deleted: 0.002,
  protectedRecord: 0.005,
};

const compact = (date) => date.replaceAll('-', '');

/** The messages of a child's clinics, in the order in which they send them: between none and five. */
export function* messagesOf(child, until) {
  const { random } = child;
  const visits = random.below(100) < 30 ? 0 : 1 + random.below(3);
  let { home, family } = child;
  const first = random.below(SCHEDULE.length);
  for (let visit = 0; visit < visits; visit += 1) {
    const [cvx, text, maker, age] = SCHEDULE[(first + visit * 3) % SCHEDULE.length];
    const given = child.born + (age + random.below(20)) * DAY_MS;
    if (given >= until) continue;
    if (random.chance(RATES.moved)) home = movedFrom(home, random);
    if (random.chance(RATES.mothersNewName)) family = child.adoptiveFamily;
    const clinic = random.chance(RATES.otherClinic) ? random.pick(CLINICS) : child.clinic;
    const dose = {
      cvx,
      text,
      maker,
      date: new Date(given).toISOString().slice(0, 10),
      order: `${child.key}-${visit}`,
    };
    const message = { child, clinic, home, family, dose, control: `${child.key}-${visit}` };
    yield { clinic, text: vxuOf(message, random) };
    if (random.chance(RATES.deleted)) {
      yield { clinic, text: vxuOf({ ...message, control: `${message.control}-D`, action: 'D' }, random) };
    }
  }
}

const movedFrom = (home, random) => {
  const [city, zip, county] = random.pickSkewed(PLACES);
  return { ...home, street: `${1 + random.below(9_900)} ${random.pick(STREETS)} St`, city, zip, county };
};

const misspelt = (name, random) => {
  const at = 1 + random.below(Math.max(1, name.length - 2));
  return name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2);
};

const vxuOf = ({ child, clinic, home, family, dose, control, action = 'A' }, random) => {
  const nickname = NICKNAMES[child.given];
  let given = nickname !== undefined && random.chance(RATES.nickname) ? nickname : child.given;
  if (random.chance(RATES.typo)) given = misspelt(given, random);
  const birthDate = random.chance(RATES.noBirthDate)
    ? ''
    : compact(random.chance(RATES.birthDateWrong) ? `${child.birthDate.slice(0, 8)}15` : child.birthDate);
  const date = random.chance(RATES.doseDateWrong) ? '20261399' : compact(dose.date);
  const code = random.chance(RATES.noVaccine)
    ? ''
    : random.chance(RATES.codeUnknown)
      ? '9999^?^CVX'
      : `${dose.cvx}^${dose.text}^CVX`;
  const address = random.chance(RATES.noAddress)
    ? ''
    : `${home.street}^^${home.city}^${home.state}^${home.zip}^USA^H^^${home.county}`;
  const phone = random.chance(RATES.noPhone)
    ? ''
    : `^PRN^PH^^^${home.phone.slice(0, 3)}^${home.phone.slice(3)}`;
  const historical = random.chance(RATES.historical);
  const protectedRecord = random.chance(RATES.protectedRecord) ? 'Y' : 'N';
  const twins = child.twins ? `Y|${child.order}` : 'N|';
  const lot = historical ? '' : `${dose.maker[0]}${1_000 + (child.key % 900)}`;
  const segments = [
    `MSH|^~\\&|EHR|${clinic.authority}|MIIC|MIIC|${compact(dose.date)}120000-0600||VXU^V04^VXU_V04|${control}|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS`,
    `PID|1||${child.key}^^^${clinic.authority}^MR||${family}^${given}^${child.middle ?? ''}^^^^L|${child.parents.maiden}^${child.parents.mother}^^^^^M|${birthDate}|${child.sex}|||${address}||${phone}|||||||||||${twins}`,
    `PD1|||||||||||02^Reminder/recall - any method^HL70215|${protectedRecord}||||A|${compact(dose.date)}|${compact(dose.date)}`,
    `NK1|1|${child.parents.family}^${child.parents.mother}^^^^^L|MTH^Mother^HL70063|${address}|${phone}`,
    `ORC|RE||${dose.order}^${clinic.authority}`,
    `RXA|0|1|${date}||${code}|${historical ? '999' : '0.5|mL^mL^UCUM'}${historical ? '|' : ''}||${historical ? '01^Historical information^NIP001' : '00^New immunization record^NIP001'}||^^^${clinic.authority}||||${lot}|${historical ? '' : '20281231'}|${historical ? '' : `${dose.maker}^${dose.maker}^MVX`}|||CP|${action}`,
    ...(historical
      ? []
      : [
          'RXR|C28161^Intramuscular^NCIT|LT^Left Thigh^HL70163',
          `OBX|1|CE|64994-7^Vaccine funding program eligibility category^LN|1|V01^Not VFC eligible^HL70064||||||F|||${compact(dose.date)}|||VXC40^per immunization^CDCPHINVS`,
        ]),
  ];
  return `${segments.join('\r')}\r`;
};
