/**
 * Events of `participation-<personId>`: the notice of participation that was given (DOMAIN 4.5). It is owed from a person's registration on,
 * which is an event already.
 */
export interface ParticipationNoticeGiven {
  readonly type: 'ParticipationNoticeGiven';
  readonly data: ParticipationNoticeGivenData;
}

export const NOTICE_CHANNELS = ['birth-record', 'handed-over', 'brochure', 'poster', 'web'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

export type ParticipationNoticeGivenData = {
  readonly channel: NoticeChannel;
  /** A county's FIPS code or `state` with a birth record; the id of the organization that attests else. */
  readonly issuer: string;
  readonly formVersion: string;
  /** Legal day `YYYY-MM-DD`; absent: with the birth record. */
  readonly givenOn?: string;
  readonly attestedBy?: string;
};

/** Policy data: days from registration until a notice is overdue. */
export const PARTICIPATION_POLICY = { version: '1', effective: '2026-01-01', dueDays: 30 } as const;

export class ParticipationError extends Error {
  constructor(readonly code: 'NOTICE.PERSON_UNKNOWN' | 'NOTICE.GIVEN_IN_FUTURE') {
    super(code);
  }
}

/** @param given what was given before @param today legal day @throws ParticipationError */
export const decideParticipation = (
  notice: ParticipationNoticeGivenData,
  given: readonly ParticipationNoticeGivenData[],
  today: string,
): ParticipationNoticeGiven[] => {
  if (notice.givenOn !== undefined && notice.givenOn > today)
    throw new ParticipationError('NOTICE.GIVEN_IN_FUTURE');
  const isSame = (other: ParticipationNoticeGivenData): boolean =>
    other.channel === notice.channel &&
    other.issuer === notice.issuer &&
    other.formVersion === notice.formVersion &&
    other.givenOn === notice.givenOn;
  return given.some(isSame) ? [] : [{ type: 'ParticipationNoticeGiven', data: notice }];
};
