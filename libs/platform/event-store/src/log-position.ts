import { type Position } from './event-store.port.js';

/** Positions of stores that number their log 1, 2, 3 …: the number in decimal. */
export const numberedPosition = (number: number): Position => String(number) as Position;

/** @throws RangeError the position is another store's */
export const positionNumber = (position: Position | undefined): number => {
  if (position === undefined) return 0;
  if (!/^\d{1,16}$/.test(position)) throw new RangeError('Not a position of this store');
  return Number(position);
};
