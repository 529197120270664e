import { countyCodeOf } from './minnesota-counties.js';

describe('A county of Minnesota', () => {
  it.each([
    ['Aitkin', '27001'],
    ['Hennepin', '27053'],
    ['HENNEPIN COUNTY', '27053'],
    ['St. Louis', '27137'],
    ['Saint Louis', '27137'],
    ['Lac Qui Parle', '27073'],
    ['Lake', '27075'],
    ['Lake of the Woods', '27077'],
    ['McLeod', '27085'],
    ['Ramsey', '27123'],
    ['Yellow Medicine', '27173'],
    [' 27053 ', '27053'],
    ['053', '27053'],
  ])('%s has the FIPS code %s', (county, code) => expect(countyCodeOf(county)).toBe(code));

  it.each(['', 'Milwaukee', '27002', '55079', 'County', 'constructor'])('is not %p', (county) =>
    expect(countyCodeOf(county)).toBeUndefined(),
  );

  it('is one of 87', () => {
    const codes = Array.from({ length: 999 }, (_, index) => `27${String(index).padStart(3, '0')}`);
    expect(codes.filter((code) => countyCodeOf(code) === code)).toHaveLength(87);
  });
});
