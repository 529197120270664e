import type { ClientRole } from '@registry/contracts';
import type { Caller } from '../caller.js';
import { LIMIT_POLICY, type LimitPolicy } from './limit-policy.js';
import { sourceOf } from './source-address.js';
import type { Rate, TokenBuckets } from './token-buckets.js';
import { TooManyRequests } from './too-many-requests.js';

/** How often a client may ask, and how often a source may try a wrong key. */
export class RequestLimits {
  constructor(
    private readonly buckets: TokenBuckets,
    private readonly policy: LimitPolicy = LIMIT_POLICY,
  ) {}

  /**
   * Counts a request of a known client. A limit of its own counts all that it asks; else each role has its own, so that reading never
   * holds up submitting.
   * @param roles those that open the route
   * @throws TooManyRequests
   */
  async admit(caller: Caller, roles: readonly ClientRole[]): Promise<void> {
    const own = caller.limits?.requestsPerMinute;
    const { name, perMinute } = own === undefined ? this.ofRole(caller, roles) : { name: '', perMinute: own };
    if (perMinute === 'unlimited') return;
    const waitMs = await this.buckets.take(`${caller.clientId}|${name}`, this.rate(perMinute));
    if (waitMs > 0) throw new TooManyRequests('LIMIT.REQUESTS', waitMs);
  }

  /**
   * Refuses a source that has tried too many wrong keys, before its next one is looked at: a right one is refused as well, or else
   * guessing could go on.
   * @param address IP address @throws TooManyRequests
   */
  async beforeKey(address: string): Promise<void> {
    const waitMs = await this.buckets.wait(`source|${sourceOf(address)}`, this.rateOfWrongKeys);
    if (waitMs > 0) throw new TooManyRequests('LIMIT.WRONG_KEYS', waitMs);
  }

  /** On credit: of keys that are tried at once, each counts. */
  async afterWrongKey(address: string): Promise<void> {
    await this.buckets.charge(`source|${sourceOf(address)}`, this.rateOfWrongKeys);
  }

  /** Of several roles that open the route, the one that may ask most often. */
  private ofRole({ roles: has }: Caller, roles: readonly ClientRole[]) {
    const { requestsPerMinute } = this.policy;
    const limits = roles
      .filter((role) => has.includes(role))
      .map((role) => ({ name: role, perMinute: requestsPerMinute[role] ?? requestsPerMinute.others }));
    return limits.reduce<{ readonly name: string; readonly perMinute: number | 'unlimited' }>(
      (most, each) => (numberOf(each.perMinute) > numberOf(most.perMinute) ? each : most),
      // The guard will refuse a route that none of its roles opens; such requests count as well.
      limits[0] ?? { name: 'none', perMinute: requestsPerMinute.others },
    );
  }

  private rate(perMinute: number): Rate {
    return { perMinute, burst: Math.max(1, (perMinute * this.policy.burstSeconds) / 60) };
  }

  private get rateOfWrongKeys(): Rate {
    return this.rate(this.policy.wrongKeysPerMinute);
  }
}

const numberOf = (perMinute: number | 'unlimited'): number =>
  perMinute === 'unlimited' ? Infinity : perMinute;
