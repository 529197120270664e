import fc from 'fast-check';
import { derivedEventId } from './derived-event-id.js';

describe('A derived event id', () => {
  it('is a UUID of version 5, the same for the same causes and another for others', () => {
    const causes = fc.array(fc.oneof(fc.string(), fc.nat()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(causes, causes, (one, other) => {
        expect(derivedEventId(...one)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
        expect(derivedEventId(...one) === derivedEventId(...other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
  });

  it('keeps causes apart that would run into each other', () => {
    expect(derivedEventId('a', 'bc')).not.toBe(derivedEventId('ab', 'c'));
    expect(derivedEventId('a', 1)).not.toBe(derivedEventId('a', '1'));
  });
});
