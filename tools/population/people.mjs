import { BOYS, FAMILIES, GIRLS, PLACES, STREETS } from './names.mjs';
import { randomOf } from './random.mjs';

const DAY_MS = 86_400_000;
const FIRST_BIRTH = Date.UTC(2012, 0, 1);

/** How often things happen, by birth unless said otherwise. */
const RATES = {
  twins: 0.016 /* by delivery */,
  unnamedAtFirst: 0.01,
  amended: 0.01,
  adopted: 0.004,
  voided: 0.001,
  dies: 0.005,
  bornElsewhere: 0.12,
};

export const CLINICS = [
  { authority: 'LAKE', client: 'lakeside' },
  { authority: 'LAKE-NORTH', client: 'lakeside' },
  { authority: 'PRAIRIE', client: 'prairie' },
  { authority: 'PRAIRIE-WEST', client: 'prairie' },
];

const day = (instant) => new Date(instant).toISOString().slice(0, 10);

/**
 * Families with their children, one after the other and without end: whoever takes them says when there are enough. A child knows everything that
 * a birth record and a clinic know about it.
 */
export function* families({ seed, until }) {
  const days = Math.floor((until - FIRST_BIRTH) / DAY_MS);
  for (let number = 0; ; number += 1) {
    const random = randomOf(seed * 1_000_003 + number);
    const father = random.pickSkewed(FAMILIES);
    const parents = {
      family: father,
      mother: random.pickSkewed(GIRLS),
      maiden: random.pickSkewed(FAMILIES),
      other: random.pickSkewed(BOYS),
    };
    const home = homeOf(random);
    const children = [];
    let born = FIRST_BIRTH + random.below(days) * DAY_MS;
    for (let delivery = 0; delivery < 1 + random.below(3) && born < until; delivery += 1) {
      const twins = random.chance(RATES.twins);
      for (let order = 1; order <= (twins ? 2 : 1); order += 1) {
        children.push(childOf({ random, number, index: children.length, parents, home, born, twins, order }));
      }
      born += (400 + random.below(1_200)) * DAY_MS;
    }
    yield children;
  }
}

const homeOf = (random) => {
  const [city, zip, county] = random.pickSkewed(PLACES);
  return {
    street: `${1 + random.below(9_900)} ${random.pick(STREETS)} ${random.pick(['St', 'Ave', 'Rd', 'Ln'])}`,
    city,
    state: 'MN',
    zip,
    county,
    phone: `${random.pick(['218', '612', '651', '507', '320', '763', '952'])}${2_000_000 + random.below(7_999_999)}`,
  };
};

const childOf = ({ random, number, index, parents, home, born, twins, order }) => {
  const sex = random.chance(0.512) ? 'M' : 'F';
  const given = random.pickSkewed(sex === 'F' ? GIRLS : BOYS);
  return {
    random,
    key: number * 16 + index,
    parents,
    home,
    sex,
    given: twins && order === 2 && random.chance(0.1) ? `${given.slice(0, -1)}a` : given,
    middle: random.chance(0.8) ? random.pick(sex === 'F' ? GIRLS : BOYS) : undefined,
    family: parents.family,
    born,
    birthDate: day(born),
    twins,
    order,
    // What one random source decides for the whole child is decided here, once, for births and clinics alike.
    bornElsewhere: random.chance(RATES.bornElsewhere),
    unnamedAtFirst: random.chance(RATES.unnamedAtFirst),
    amended: random.chance(RATES.amended),
    adopted: random.chance(RATES.adopted),
    voided: random.chance(RATES.voided),
    dies: random.chance(RATES.dies),
    adoptiveFamily: random.pickSkewed(FAMILIES),
    clinic: random.pick(CLINICS),
  };
};
