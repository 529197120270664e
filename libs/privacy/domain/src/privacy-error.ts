export type PrivacyErrorCode =
  | 'IDEMPOTENCY.KEY_REUSED'
  | 'PRIVACY.NOT_OPENED'
  | 'PRIVACY.FOLLOWS'
  | 'PRIVACY.LOOSENING_NOT_ALLOWED'
  | 'PRIVACY.HOLDER_MISSING'
  | 'PRIVACY.HOLDER_NOT_A_PROVIDER'
  | 'PRIVACY.REQUEST_UNKNOWN'
  | 'PRIVACY.REQUEST_NOT_VERIFIED'
  | 'PRIVACY.REQUEST_ALREADY_DECIDED';

/** A command that the rules refuse. Codes are stable; messages hold no person data. */
export class PrivacyError extends Error {
  constructor(readonly code: PrivacyErrorCode) {
    super(code);
  }
}

export const assertNever = (value: never): never => {
  throw new Error(`Unexpected ${JSON.stringify(value)}`);
};
