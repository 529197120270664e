import { type Position as LogPlace } from '@eventstore/db-client';
import { type Position } from './event-store.port.js';

/** `commit/prepare`, both below 2^63. */
export const positionOf = ({ commit, prepare }: LogPlace): Position => `${commit}/${prepare}` as Position;

/** @throws RangeError the position is another store's */
export const placeOf = (position: Position): LogPlace => {
  const [, commit, prepare] = /^(\d{1,19})\/(\d{1,19})$/.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) throw new RangeError('Not a position of this store');
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
};

const sign = (difference: bigint): number => Number(difference > 0n) - Number(difference < 0n);

export const comparePlaces = (a: LogPlace, b: LogPlace): number =>
  sign(a.commit - b.commit) || sign(a.prepare - b.prepare);
