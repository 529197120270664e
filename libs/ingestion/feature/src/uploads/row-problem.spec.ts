import { Type } from '@sinclair/typebox';
import { rowCheckOf } from './row-problem.js';

const check = rowCheckOf(
  Type.Object({ family: Type.String(), zip: Type.Optional(Type.String()) }, { additionalProperties: false }),
);

describe('What is wrong with a row', () => {
  it('is told by the names that the schema knows', () => {
    expect(check({ zip: 5 })).toEqual([
      { field: 'family', code: 'missing' },
      { field: 'zip', code: 'invalid' },
    ]);
  });

  it.each(['olson', '__proto__', 'constructor', 'toString'])('never repeats a name such as %s', (name) => {
    expect(check(JSON.parse(`{"family":"x","${name}":1}`))).toEqual([
      { field: '', code: 'unknown-property' },
    ]);
  });
});
