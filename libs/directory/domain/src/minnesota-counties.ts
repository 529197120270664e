/** Minnesota's counties in the order of their FIPS codes: 27001, 27003 and so on to 27173. */
const COUNTIES = [
  ...['Aitkin', 'Anoka', 'Becker', 'Beltrami', 'Benton', 'Big Stone', 'Blue Earth', 'Brown', 'Carlton'],
  ...['Carver', 'Cass', 'Chippewa', 'Chisago', 'Clay', 'Clearwater', 'Cook', 'Cottonwood', 'Crow Wing'],
  ...['Dakota', 'Dodge', 'Douglas', 'Faribault', 'Fillmore', 'Freeborn', 'Goodhue', 'Grant', 'Hennepin'],
  ...['Houston', 'Hubbard', 'Isanti', 'Itasca', 'Jackson', 'Kanabec', 'Kandiyohi', 'Kittson'],
  ...['Koochiching', 'Lac qui Parle', 'Lake', 'Lake of the Woods', 'Le Sueur', 'Lincoln', 'Lyon', 'McLeod'],
  ...['Mahnomen', 'Marshall', 'Martin', 'Meeker', 'Mille Lacs', 'Morrison', 'Mower', 'Murray', 'Nicollet'],
  ...['Nobles', 'Norman', 'Olmsted', 'Otter Tail', 'Pennington', 'Pine', 'Pipestone', 'Polk', 'Pope'],
  ...['Ramsey', 'Red Lake', 'Redwood', 'Renville', 'Rice', 'Rock', 'Roseau', 'St. Louis', 'Scott'],
  ...['Sherburne', 'Sibley', 'Stearns', 'Steele', 'Stevens', 'Swift', 'Todd', 'Traverse', 'Wabasha'],
  ...['Wadena', 'Waseca', 'Washington', 'Watonwan', 'Wilkin', 'Winona', 'Wright', 'Yellow Medicine'],
];

const STATE = '27';

const nameKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\bsaint\b/, 'st')
    .replace(/\bcounty$/, '')
    .replace(/[^a-z]/g, '');

const CODES = new Map(
  COUNTIES.flatMap((name, index) => {
    const code = STATE + String(2 * index + 1).padStart(3, '0');
    return [
      [nameKey(name), code],
      [code, code],
      [code.slice(STATE.length), code],
    ];
  }),
);

/** FIPS code (`27053`) of a county named by its code, with or without the state's, or by its name. Undefined: none of Minnesota's. */
export const countyCodeOf = (county: string): string | undefined =>
  CODES.get(county.trim()) ?? CODES.get(nameKey(county.trim()));
