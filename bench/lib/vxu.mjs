const FAMILIES = [
  'Anderson',
  'Johnson',
  'Olson',
  'Vang',
  'Nguyen',
  'Abdi',
  'Larson',
  'Garcia',
  'Peterson',
  'Xiong',
];
const GIVEN = ['Olivia', 'Henry', 'Nora', 'Theo', 'Evelyn', 'Oliver', 'Amina', 'Liam', 'Mai', 'Mateo'];
const VACCINES = ['20^DTaP', '10^IPV', '03^MMR', '21^Varicella', '08^Hep B', '140^Influenza', '133^PCV13'];

/**
 * A VXU as clinics send them: about 1.2 KB, one administered dose.
 * @param {number} person which person: its MRN, name and birth date follow from it
 * @param {number} message which message: its control id, order number and date follow from it
 */
export const vxu = (person, message) => {
  const family = FAMILIES[person % FAMILIES.length];
  const given = GIVEN[Math.floor(person / FAMILIES.length) % GIVEN.length];
  const birth = new Date(Date.UTC(2010, 0, 1) + (person % 5_000) * 86_400_000);
  const dose = new Date(birth.getTime() + (60 + (message % 300)) * 86_400_000);
  // Like people, no two share birth date, name, mother and phone.
  const mother = GIVEN[Math.floor(person / 1_000) % GIVEN.length];
  const maiden = FAMILIES[Math.floor(person / 10_000) % FAMILIES.length] + Math.floor(person / 100_000);
  const phone = `${2_000_000 + ((person * 7_919) % 7_999_999)}`;
  const day = (date) => date.toISOString().slice(0, 10).replaceAll('-', '');
  const [code, text] = VACCINES[message % VACCINES.length].split('^');
  return [
    `MSH|^~\\&|LakesideEHR|LAKE|MIIC|MIIC|20261101120000-0600||VXU^V04^VXU_V04|B${message}|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS`,
    `PID|1||${1_000_000 + person}^^^LAKE^MR||${family}^${given}^A^^^^L|${maiden}^${mother}^^^^^M|${day(birth)}|F||2106-3^White^CDCREC|${person % 9_000} Lake Street^^Duluth^MN^55802^USA^H||^PRN^PH^^^218^${phone}|||||||||2186-5^Not Hispanic or Latino^CDCREC||N`,
    'PD1|||||||||||02^Reminder/recall - any method^HL70215|||||A|20261101|20261101',
    `NK1|1|${family}^${mother}^^^^^L|MTH^Mother^HL70063|${person % 9_000} Lake Street^^Duluth^MN^55802^USA^H|^PRN^PH^^^218^${phone}`,
    `ORC|RE|P${message}^LAKE|F${message}^LAKE|||||||7824^Jackson^Lily^^^^^^LAKE^L^^^PRN||654^Thomas^Wilma^^^^^^LAKE^L^^^MD`,
    `RXA|0|1|${day(dose)}||${code}^${text}^CVX|0.5|mL^mL^UCUM||00^New Record^NIP001|7824^Jackson^Lily|^^^LAKE||||L${message % 1000}|20271231|SKB^GlaxoSmithKline^MVX|||CP|A`,
    'RXR|C28161^Intramuscular^NCIT|LT^Left Thigh^HL70163',
    `OBX|1|CE|64994-7^Vaccine funding program eligibility^LN|1|V01^Not VFC eligible^HL70064||||||F|||${day(dose)}|||VXC40^per immunization^CDCPHINVS`,
    '',
  ].join('\r');
};
