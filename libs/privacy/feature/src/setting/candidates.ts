import type { PersonRegistered } from '@registry/contracts';
import type { EventStore } from '@registry/event-store';
import { derivedEventId } from '@registry/messaging';
import type { PrivacySetting, Review } from '@registry/privacy-domain';
import { readPrivacyHead, readPrivacyStates, survivorOf } from '@registry/privacy-gate';

/** Journal of the persons under review who may be this one: who has to be looked at again when its setting changes. */
export const candidateStream = (personId: string): string => `candidate-${personId}`;

const GROUP = 'privacy-candidates';
const PAGE = 500;

/** Persons whose settings say whether somebody who was just registered is to be reviewed. */
export const comparedWith = (registered: PersonRegistered): string[] => [
  ...ordinaryOf(registered),
  ...(registered.similar ?? []),
];

const ordinaryOf = ({ provisional, candidates }: PersonRegistered): readonly string[] =>
  provisional ? candidates : [];

/**
 * Whether a person who was just registered is to be reviewed, and who may read it until then (DOMAIN 3.4, 5).
 * @param settings of those whom it was compared with, and perhaps of others
 */
export const reviewOf = (
  registered: PersonRegistered,
  settings: ReadonlyMap<string, PrivacySetting>,
): Review | undefined => {
  const compared = comparedWith(registered);
  const optedOut = compared.filter((personId) => settings.get(personId)?.optedOut === true);
  // Those who opted out are why it is held; the other candidates are reviewed with them.
  if (optedOut.length > 0)
    return { kind: 'held', candidates: [...new Set([...ordinaryOf(registered), ...optedOut])] };
  const { provisional, candidates, organizationId } = registered;
  if (!provisional) return undefined;
  const submittedBy = organizationId === undefined ? {} : { submittedBy: organizationId };
  const review: Review = { kind: 'provisional', candidates, ...submittedBy };
  return compared.some((personId) => isLocked(settings.get(personId)))
    ? { ...review, onlySubmitter: true }
    : review;
};

/** The review as the candidates' settings now have it: at least as strict as it is. @throws StoreUnavailable */
export const tightened = async (store: EventStore, review: Review): Promise<Review> => {
  if (review.kind === 'held') return review;
  const settings = await settingsOf(store, review.candidates);
  if ([...settings.values()].some(({ optedOut }) => optedOut))
    return { kind: 'held', candidates: review.candidates };
  return [...settings.values()].some(isLocked) ? { ...review, onlySubmitter: true } : review;
};

/** Before the review stands: a candidate's setting that changes after it finds the person by this. */
export const nameAsCandidates = async (
  store: EventStore,
  personId: string,
  review: Review,
): Promise<void> => {
  for (const candidate of review.candidates) {
    await store.append(candidateStream(candidate), 'any', [
      {
        id: derivedEventId(GROUP, candidate, personId),
        type: 'NamedAsCandidate',
        data: { personId },
        metadata: { schemaVersion: 1, actor: GROUP },
      },
    ]);
  }
};

/** The persons whose reviews have named this one. */
export const namedBy = async (store: EventStore, candidate: string): Promise<string[]> => {
  const persons = new Set<string>();
  for (let from = 0; ; from += PAGE) {
    const page = await store.read(candidateStream(candidate), { from, limit: PAGE });
    for (const { data } of page) persons.add(data['personId'] as string);
    if (page.length < PAGE) return [...persons];
  }
};

/**
 * Of those merged into somebody, that one's. Those without a setting are left out.
 * @throws StoreUnavailable @throws PrivacyStreamUnreadable
 */
export const settingsOf = async (
  store: EventStore,
  personIds: readonly string[],
): Promise<Map<string, PrivacySetting>> => {
  const settings = new Map<string, PrivacySetting>();
  for (const [personId, own] of await readPrivacyStates(store, personIds)) {
    const state =
      own.status === 'follows'
        ? (await readPrivacyHead(store, await survivorOf(store, personId))).state
        : own;
    if (state.status === 'opened') settings.set(personId, state.setting);
  }
  return settings;
};

const isLocked = (setting: PrivacySetting | undefined): boolean =>
  setting !== undefined && setting.lock.kind !== 'none';
