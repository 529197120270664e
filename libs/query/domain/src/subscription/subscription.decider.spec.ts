import { specOf } from '@registry/testing';
import {
  decideSubscription,
  type Subscription,
  type SubscriptionCommand,
  type SubscriptionEvent,
} from './subscription.decider.js';

const ORGANIZATION = 'org-1';
const ACTIVE: Subscription = {
  organizationId: ORGANIZATION,
  clientId: 'client-1',
  purpose: 'school',
  status: 'active',
};
const ENDED: Subscription = { ...ACTIVE, status: 'ended' };

const subscribe: SubscriptionCommand & { type: 'Subscribe' } = {
  type: 'Subscribe',
  organizationId: ORGANIZATION,
  clientId: 'client-1',
  purpose: 'school',
  facts: {
    organizationIsActive: true,
    purposesOfCategory: ['school', 'outbreak'],
    purposesAgreed: ['school', 'outbreak'],
    client: { readsAlone: true },
  },
};
const facts = subscribe.facts;
if (facts === undefined) throw new Error('No facts');

const event = (type: SubscriptionEvent['type'], state: Subscription): SubscriptionEvent => ({
  type,
  data: { state },
});

const given = specOf<SubscriptionCommand, SubscriptionEvent, Subscription | undefined>({
  decide: decideSubscription,
  evolve: (_state, { data }) => data.state,
  initialState: undefined,
});

describe('A subscription', () => {
  const started = event('SubscriptionStarted', ACTIVE);

  it('starts once', () => {
    given().when(subscribe).then(started);
    given(started).when(subscribe).thenNothing();
  });

  it('is amended by another client or purpose', () => {
    given(started)
      .when({ ...subscribe, clientId: 'client-2' })
      .then(event('SubscriptionAmended', { ...ACTIVE, clientId: 'client-2' }));
    given(started)
      .when({ ...subscribe, purpose: 'outbreak' })
      .then(event('SubscriptionAmended', { ...ACTIVE, purpose: 'outbreak' }));
  });

  it('ends once, and can start again', () => {
    const ended = event('SubscriptionEnded', ENDED);
    given(started).when({ type: 'EndSubscription' }).then(ended);
    given(started, ended).when({ type: 'EndSubscription' }).thenNothing();
    given(started, ended).when(subscribe).then(started);
    given().when({ type: 'EndSubscription' }).thenRefused('SUBSCRIPTION.SUBSCRIPTION_MISSING');
  });

  it.each([
    [undefined, 'SUBSCRIPTION.ORGANIZATION_UNKNOWN'],
    [{ ...facts, organizationIsActive: false }, 'SUBSCRIPTION.ORGANIZATION_CLOSED'],
    [{ ...facts, purposesOfCategory: ['outbreak'] }, 'SUBSCRIPTION.PURPOSE_NOT_FOR_CATEGORY'],
    [{ ...facts, purposesAgreed: [] }, 'SUBSCRIPTION.PURPOSE_NOT_AGREED'],
    [{ ...facts, client: undefined }, 'SUBSCRIPTION.CLIENT_UNKNOWN'],
    [{ ...facts, client: { readsAlone: false } }, 'SUBSCRIPTION.CLIENT_DOES_NOT_READ_ALONE'],
  ])('is refused by %j as %s', (other, code) => {
    given()
      .when({ ...subscribe, facts: other })
      .thenRefused(code);
  });

  it('is reconciled once a day while it is active', () => {
    const take = (day: string) => ({ type: 'TakeReconciliation', day, records: 2, digest: 'abc' }) as const;
    const reconciliation = { day: '2026-03-02', records: 2, digest: 'abc' };
    const taken = event('ReconciliationTaken', { ...ACTIVE, reconciliation });
    given(started).when(take('2026-03-02')).then(taken);
    given(started, taken).when(take('2026-03-02')).thenNothing();
    given(started, taken).when(take('2026-03-01')).thenNothing();
    given(event('SubscriptionEnded', ENDED)).when(take('2026-03-02')).thenNothing();
    given().when(take('2026-03-02')).thenNothing();
  });
});
