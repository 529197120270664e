import { openShared, type ContentKeys } from '@registry/content-keys';
import {
  Demographics,
  registerOf,
  RequestForm,
  RosterEntry,
  SubmissionKind,
  validatorOf,
  VitalRecord,
} from '@registry/contracts';
import type { Matchable } from '@registry/identity-domain';
import { mapInSlices } from '@registry/messaging';
import { Type, type Static } from '@sinclair/typebox';

export interface SealedContent {
  /** Stream and key id. */
  readonly keyId: string;
  readonly sealed: string;
  /** Whose submission it is: a file number means something only within its office. None for a request's form. */
  readonly organizationId?: string | undefined;
}

/** What matching takes of a sealed content. */
export interface OpenedMatchable extends Matchable {
  readonly kind: SubmissionKind | 'form';
  readonly roster?: RosterEntry | undefined;
}

/** A submission's content and a request's form have the demographics in common. */
const MatchableContent = Type.Object({
  kind: Type.Optional(SubmissionKind),
  demographics: Demographics,
  vital: Type.Optional(VitalRecord),
  roster: Type.Optional(RosterEntry),
  unborn: RequestForm.properties.unborn,
});
const readContent = validatorOf('MatchableContent', MatchableContent);

/**
 * Opens sealed contents in memory, in the order given. Undefined where the key is gone: that content was destroyed and takes no
 * part in matching.
 * @throws ContractViolation @throws SealBroken
 */
export const openMatchables = async (
  keys: ContentKeys,
  contents: readonly SealedContent[],
): Promise<(OpenedMatchable | undefined)[]> => {
  const found = await keys.getMany(contents.map((content) => content.keyId));
  return mapInSlices(contents, ({ keyId, sealed, organizationId = '' }) => {
    const key = found.get(keyId);
    if (key === undefined) return undefined;
    return matchableOf(readContent(openShared(key, keyId, sealed).json), organizationId);
  });
};

const matchableOf = (
  { kind, demographics, vital, roster, unborn }: Static<typeof MatchableContent>,
  organizationId: string,
): OpenedMatchable => ({
  kind: kind ?? 'form',
  demographics,
  continues: vital === undefined ? [] : fileNumbersOf(vital, organizationId),
  startsPerson: kind !== 'roster' && vital?.event !== 'death' && vital?.event !== 'void',
  roster,
  ...(unborn === undefined ? {} : { watched: { expectedDate: unborn.expectedDate, mother: unborn.mother } }),
});

/** A death continues the birth record that its office names; all else the versions of its own and of what it replaces. */
const fileNumbersOf = (vital: VitalRecord, organizationId: string): string[] => {
  const { fileNumber, replaces, birthFileNumber } = vital;
  const birth = (number: string | undefined) =>
    number === undefined ? [] : [`birth|${organizationId}|${number}`];
  if (registerOf(vital) === 'death')
    return [`death|${organizationId}|${fileNumber}`, ...birth(birthFileNumber)];
  return [...birth(fileNumber), ...birth(replaces)];
};
