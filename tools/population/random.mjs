/**
 * Numbers that follow from a seed: the same seed gives the same population on every machine. SplitMix32: small, fast, and good
 * enough for invented people.
 */
export const randomOf = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    /** Does something happen that happens with this probability? */
    chance: (probability) => next() < probability,
    /** A whole number from 0 to below `limit`. */
    below: (limit) => Math.floor(next() * limit),
    pick: (values) => values[Math.floor(next() * values.length)],
    /** Few of the values take most of the picks, as with names. */
    pickSkewed: (values) => values[Math.floor(next() ** 2 * values.length)],
  };
};
