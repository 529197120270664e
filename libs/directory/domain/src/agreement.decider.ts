import { assertNever, type AccessEvent, type Agreement, type Organization } from './access.events.js';
import { DirectoryError } from './directory-error.js';

export type AgreementCommand =
  | {
      readonly type: 'SignAgreement';
      readonly agreement: Agreement;
      readonly organization: Organization | undefined;
    }
  /** @param at ISO-8601 UTC: nothing may be read from then on */
  | { readonly type: 'EndAgreement'; readonly at: string };

/** @param state the agreement at its stream's head; undefined before its first event */
export const decideAgreement = (command: AgreementCommand, state: Agreement | undefined): AccessEvent[] => {
  switch (command.type) {
    case 'SignAgreement': {
      const { agreement, organization } = command;
      if (organization === undefined) throw new DirectoryError('DIRECTORY.ORGANIZATION_UNKNOWN');
      if (organization.status === 'closed') throw new DirectoryError('DIRECTORY.ORGANIZATION_CLOSED');
      if (agreement.endsAt <= agreement.startsAt) throw new DirectoryError('DIRECTORY.AGREEMENT_TERM_EMPTY');
      if (state !== undefined && JSON.stringify(state) === JSON.stringify(agreement)) return [];
      return [{ type: 'AgreementSigned', data: { state: agreement } }];
    }
    case 'EndAgreement':
      if (state === undefined) throw new DirectoryError('DIRECTORY.AGREEMENT_MISSING');
      if (state.endsAt <= command.at) return [];
      return [{ type: 'AgreementEnded', data: { state: { ...state, endsAt: command.at } } }];
    default:
      return assertNever(command);
  }
};
