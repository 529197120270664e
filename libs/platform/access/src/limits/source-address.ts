import { isIPv4, isIPv6 } from 'node:net';

/** The source that an address stands for: itself, or the /64 network of an IPv6 address, of which whoever has one has 2^64. */
export const sourceOf = (address: string): string => {
  // An IPv4 address as a socket for both kinds names it.
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIPv4(plain)) return plain;
  // Whatever else a proxy may write is one source: of names that a client could choose each would have a bucket.
  return isIPv6(plain) ? `${networkOf(plain)}::/64` : 'unknown';
};

const networkOf = (address: string): string => {
  // The parser of URLs writes an address in its one canonical form, without leading zeros.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [before = [], after = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean));
  const left = canonical.includes('::') ? Array<string>(8 - before.length - after.length).fill('0') : [];
  return [...before, ...left, ...after].slice(0, 4).join(':');
};
