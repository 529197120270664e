import { hmac, type KeyRing } from '@registry/content-keys';
import type { RequestForm } from '@registry/contracts';
import type { Capacity, RequestedChange } from '@registry/privacy-domain';
import { PrivacyError } from '@registry/privacy-domain';
import type { SubmitRequestDto } from './request.dto.js';

/** Name of the key that subjects and requesters are hashed with. Never rotated: the same person must be known again. */
const REQUEST_KEY = 'request-subject';

export const changeOf = ({ change, holder, holderSite }: SubmitRequestDto): RequestedChange => {
  if (change !== 'lock' && change !== 're-lock') return { kind: change };
  if (holder === undefined) throw new PrivacyError('PRIVACY.HOLDER_MISSING');
  const site = holderSite === undefined ? {} : { siteCode: holderSite };
  return { kind: change, organizationId: holder, ...site };
};

/** The form as it is sealed. @throws PrivacyError `PRIVACY.NO_FORM` */
export const formOf = ({ person, unborn, requesterName }: SubmitRequestDto): RequestForm => {
  const requester = requesterName === undefined ? {} : { requesterName };
  if (unborn !== undefined) {
    const { expectedDate, mother, birthFacility } = unborn;
    const { family, given } = mother;
    return {
      formVersion: 1,
      demographics: {
        identifiers: [],
        names: [{ family, given: '' }],
        birthDate: expectedDate,
        addresses: [],
        phones: [],
        guardians: [{ family, given, relationship: 'MTH' }],
      },
      ...requester,
      unborn: {
        expectedDate,
        mother: { family, given },
        ...(birthFacility === undefined ? {} : { birthFacility }),
      },
    };
  }
  if (person === undefined) throw new PrivacyError('PRIVACY.NO_FORM');
  const { family, given, birthDate, identifiers = [], otherNames = [], mother } = person;
  return {
    formVersion: 1,
    demographics: {
      identifiers: identifiers.map(({ authority, value }) => ({ authority, type: 'MR', value })),
      names: [{ family, given }, ...otherNames.map((name) => ({ family: name.family, given: name.given }))],
      birthDate,
      addresses: [],
      phones: [],
      guardians:
        mother === undefined ? [] : [{ family: mother.family, given: mother.given, relationship: 'MTH' }],
    },
    ...requester,
  };
};

/** `YYYY-MM-DD`; undefined: not born yet. */
export const birthDateOf = ({ unborn, demographics }: RequestForm): string | undefined =>
  unborn === undefined ? demographics.birthDate : undefined;

/** Whom a request is about: the same for each request about the same person, as far as forms tell. */
export const subjectOf = (keys: KeyRing, { unborn, demographics }: RequestForm): string => {
  const { key } = keys.current(REQUEST_KEY);
  const [name] = demographics.names;
  return unborn === undefined
    ? hmac(key, 'person', plain(name?.family), plain(name?.given), demographics.birthDate)
    : hmac(key, 'unborn', plain(unborn.mother.family), plain(unborn.mother.given), unborn.expectedDate);
};

/** Who asks: the same for each request by the same person in the same capacity. */
export const requesterOf = (keys: KeyRing, capacity: Capacity, form: RequestForm): string => {
  const { key } = keys.current(REQUEST_KEY);
  // The person's own is told apart by capacity alone: whom it is about is another hash.
  return hmac(key, 'requester', capacity, capacity === 'self' ? '' : plain(form.requesterName));
};

const plain = (name = ''): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toUpperCase()
    .replace(/[^\p{Letter}]+/gu, '');
