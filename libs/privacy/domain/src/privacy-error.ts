export type PrivacyErrorCode =
  | 'IDEMPOTENCY.KEY_REUSED'
  | 'PRIVACY.NOT_OPENED'
  | 'PRIVACY.FOLLOWS'
  | 'PRIVACY.LOOSENING_NOT_ALLOWED'
  | 'PRIVACY.HOLDER_MISSING'
  | 'PRIVACY.HOLDER_NOT_A_PROVIDER'
  | 'PRIVACY.REQUEST_UNKNOWN'
  | 'PRIVACY.REQUEST_NOT_VERIFIED'
  | 'PRIVACY.REQUEST_ALREADY_DECIDED'
  | 'PRIVACY.REQUEST_DISPUTED'
  | 'PRIVACY.SECOND_STAFF_NEEDED'
  | 'PRIVACY.CANDIDATE_UNKNOWN'
  | 'PRIVACY.AUTHORITY_ENDED'
  | 'PRIVACY.MINOR_ALONE'
  | 'PRIVACY.TASK_UNKNOWN'
  | 'PRIVACY.TASK_CLOSED'
  | 'PRIVACY.NOT_APPLIED'
  | 'PRIVACY.NO_FORM'
  | 'PRIVACY.FORM_UNKNOWN'
  | 'PRIVACY.DISPUTE_UNKNOWN';

/** A command that the rules refuse. Codes are stable; messages hold no person data. */
export class PrivacyError extends Error {
  constructor(readonly code: PrivacyErrorCode) {
    super(code);
  }
}

export const assertNever = (value: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
};
