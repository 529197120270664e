export type DirectoryErrorCode =
  | 'DIRECTORY.ORGANIZATION_UNKNOWN'
  | 'DIRECTORY.ORGANIZATION_CLOSED'
  | 'DIRECTORY.AGREEMENT_MISSING'
  | 'DIRECTORY.AGREEMENT_TERM_EMPTY'
  | 'DIRECTORY.CLIENT_UNKNOWN'
  | 'DIRECTORY.CLIENT_REVOKED';

/** A command that the directory's rules refuse. Codes are stable. */
export class DirectoryError extends Error {
  constructor(readonly code: DirectoryErrorCode) {
    super(code);
  }
}
