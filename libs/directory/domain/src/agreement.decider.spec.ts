import fc from 'fast-check';
import { dayAfter, endOfLegalDay, startOfLegalDay } from '@registry/legal-day';
import type { Agreement, AgreementTerm, Organization } from './access.events.js';
import { decideAgreement, presentAgreement, RENEWAL_POLICY } from './agreement.decider.js';

const clinic: Organization = { organizationId: 'o', name: 'Clinic', category: 'provider', status: 'active' };
const term: AgreementTerm = {
  version: '1',
  signatory: 'A. Lind',
  purposes: ['treatment'],
  startsAt: '2026-01-01T06:00:00.000Z',
  endsAt: '2027-01-01T06:00:00.000Z',
};
const agreement: Agreement = { organizationId: 'o', ...term };
const renewal: AgreementTerm = {
  ...term,
  version: '2',
  startsAt: term.endsAt,
  endsAt: '2028-01-01T06:00:00.000Z',
};
const NOW = '2026-06-01T12:00:00.000Z';

const sign = (
  over: Partial<AgreementTerm> = {},
  state?: Agreement,
  { organization = clinic, sites = [] as (string | undefined)[], at = NOW } = {},
) =>
  decideAgreement(
    {
      type: 'SignAgreement',
      organizationId: 'o',
      term: { ...term, ...over },
      organization,
      siteOrganizationIds: sites,
      at,
    },
    state,
  );

describe('An agreement', () => {
  it('is signed by an active organization, for a term', () => {
    expect(sign()).toStrictEqual([{ type: 'AgreementSigned', data: { state: agreement } }]);
    expect(() =>
      decideAgreement(
        {
          type: 'SignAgreement',
          organizationId: 'o',
          term,
          organization: undefined,
          siteOrganizationIds: [],
          at: NOW,
        },
        undefined,
      ),
    ).toThrow('DIRECTORY.ORGANIZATION_UNKNOWN');
    for (const status of ['closed', 'acquired'] as const) {
      expect(() => sign({}, undefined, { organization: { ...clinic, status } })).toThrow(
        'DIRECTORY.ORGANIZATION_CLOSED',
      );
    }
    expect(() => sign({ endsAt: term.startsAt })).toThrow('DIRECTORY.AGREEMENT_TERM_EMPTY');
    // The same instant, written in two ways.
    expect(() => sign({ startsAt: '2026-01-01T06:00:00Z', endsAt: term.startsAt })).toThrow(
      'DIRECTORY.AGREEMENT_TERM_EMPTY',
    );
  });

  it('may cover some of the organization’s own sites', () => {
    const [event] = sign({ siteCodes: ['A1'] }, undefined, { sites: ['o'] });
    expect(event?.data.state).toStrictEqual({ ...agreement, siteCodes: ['A1'] });
    for (const owner of ['other', undefined]) {
      expect(() => sign({ siteCodes: ['A1'] }, undefined, { sites: [owner] })).toThrow(
        'DIRECTORY.SITE_OF_ANOTHER',
      );
    }
  });

  it('signed again has no effect', () => {
    expect(sign({}, agreement)).toStrictEqual([]);
    const warned = { ...agreement, renewalWarned: { days: 90, policy: 'p@1' } };
    expect(sign({}, warned)).toStrictEqual([]);
    expect(sign(renewal, { ...agreement, next: renewal })).toStrictEqual([]);
    expect(sign({}, { ...agreement, next: renewal })).toStrictEqual([]);
  });

  it('is renewed: at the start of the new term, or at once', () => {
    const warned = { ...agreement, renewalWarned: { days: 90, policy: 'p@1' } };
    expect(sign(renewal, warned)).toStrictEqual([
      { type: 'AgreementRenewed', data: { state: { ...warned, next: renewal } } },
    ]);
    const atOnce = { ...term, version: '2', endsAt: '2029-01-01T06:00:00.000Z' };
    expect(sign(atOnce, { ...warned, next: renewal })).toStrictEqual([
      { type: 'AgreementRenewed', data: { state: { organizationId: 'o', ...atOnce } } },
    ]);
    // One that begins earlier than a term that has not begun yet leaves nothing of it to wait for.
    const toCome = { ...agreement, ...renewal };
    expect(sign({ startsAt: '2026-07-01T00:00:00Z' }, toCome)[0]?.data.state).not.toHaveProperty('next');
  });

  it('takes a renewal that has started for its present term', () => {
    const state: Agreement = { ...agreement, next: renewal, renewalWarned: { days: 7, policy: 'p@1' } };
    expect(presentAgreement(state, '2027-01-01T05:59:59.999Z')).toBe(state);
    expect(presentAgreement(state, '2027-01-01T06:00:00.000Z')).toStrictEqual({
      organizationId: 'o',
      ...renewal,
    });
    const third = { ...renewal, version: '3', startsAt: renewal.endsAt, endsAt: '2029-01-01T06:00:00.000Z' };
    expect(sign(third, state, { at: '2027-06-01T00:00:00.000Z' })).toStrictEqual([
      { type: 'AgreementRenewed', data: { state: { organizationId: 'o', ...renewal, next: third } } },
    ]);
  });

  it('ends at the instant it is ended, with the renewal that was signed', () => {
    const end = { type: 'EndAgreement', at: NOW } as const;
    const ended = { ...agreement, endsAt: NOW };
    const expected = [{ type: 'AgreementEnded', data: { state: ended } }];
    expect(decideAgreement(end, agreement)).toStrictEqual(expected);
    expect(decideAgreement(end, { ...agreement, next: renewal })).toStrictEqual(expected);
    expect(decideAgreement(end, ended)).toStrictEqual([]);
    // Lapsed, but a renewal would begin to read again.
    const lapsed = { ...agreement, endsAt: '2026-02-01T00:00:00Z' };
    expect(decideAgreement(end, { ...lapsed, next: renewal })).toStrictEqual([
      { type: 'AgreementEnded', data: { state: lapsed } },
    ]);
    expect(() => decideAgreement(end, undefined)).toThrow('DIRECTORY.AGREEMENT_MISSING');
  });
});

describe('A renewal warning', () => {
  const state: Agreement = {
    ...agreement,
    startsAt: startOfLegalDay('2026-01-01'),
    endsAt: endOfLegalDay('2026-12-31'),
  };
  const warn = (at: string, agreementState: Agreement | undefined = state) =>
    decideAgreement({ type: 'WarnOfEnd', at }, agreementState);
  const daysBefore = (days: number) => startOfLegalDay(dayAfter('2026-12-31', -days));
  const warned = (days: number) => ({ ...state, renewalWarned: { days, policy: 'agreement-renewal@1' } });

  it.each(RENEWAL_POLICY.warningDays)(
    'is due %s legal days before the end, and not a moment earlier',
    (days) => {
      const longer = Math.min(...RENEWAL_POLICY.warningDays.filter((each) => each > days), 10_000);
      const before = longer === 10_000 ? state : warned(longer);
      expect(warn(new Date(Date.parse(daysBefore(days)) - 1).toISOString(), before)).toStrictEqual([]);
      expect(warn(daysBefore(days), before)).toStrictEqual([
        { type: 'AgreementRenewalDue', data: { state: warned(days) } },
      ]);
      expect(warn(daysBefore(days), warned(days))).toStrictEqual([]);
    },
  );

  it('that was missed is not made up for beside a shorter one', () => {
    expect(warn(daysBefore(20))).toStrictEqual([
      { type: 'AgreementRenewalDue', data: { state: warned(30) } },
    ]);
    expect(warn(daysBefore(19), warned(30))).toStrictEqual([]);
  });

  it('is not due before the term, after it, or where a renewal takes over', () => {
    expect(warn(startOfLegalDay('2025-12-31'), { ...state, endsAt: endOfLegalDay('2026-01-02') })).toEqual(
      [],
    );
    expect(warn(state.endsAt)).toEqual([]);
    expect(warn(daysBefore(5), { ...state, next: { ...renewal, startsAt: state.endsAt } })).toEqual([]);
    const afterGap = { ...state, next: { ...renewal, startsAt: '2027-02-01T00:00:00Z' } };
    expect(warn(daysBefore(5), afterGap)).toHaveLength(1);
    expect(decideAgreement({ type: 'WarnOfEnd', at: daysBefore(5) }, undefined)).toEqual([]);
  });

  it('is given once per term, however often and whenever somebody sweeps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 30 }), (days) => {
        let current = state;
        const given: number[] = [];
        for (const left of days.sort((one, other) => other - one)) {
          for (const event of warn(daysBefore(left), current)) {
            current = event.data.state as Agreement;
            given.push(current.renewalWarned?.days ?? 0);
          }
        }
        expect(new Set(given).size).toBe(given.length);
        const due = RENEWAL_POLICY.warningDays.filter((each) => days.some((left) => left <= each));
        expect(given.at(-1)).toBe(due.at(-1));
      }),
    );
  });

  it('of the renewed term is counted anew', () => {
    const renewed: Agreement = { ...warned(7), next: { ...renewal, endsAt: endOfLegalDay('2027-12-31') } };
    const [event] = warn(startOfLegalDay('2027-12-20'), renewed);
    expect(event?.data.state).toMatchObject({ version: '2', renewalWarned: { days: 30 } });
  });
});
