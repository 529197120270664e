import { randomUUID } from 'node:crypto';
import type { KeyReader } from '@registry/content-keys';
import { accessStreams, readContractEvent, type RelationshipState } from '@registry/contracts';
import {
  decideRelationship,
  isOutdated,
  isResidentAt,
  type Relationship,
  type RelationshipCommand,
  type Residence,
} from '@registry/directory-domain';
import type { EventStore } from '@registry/event-store';
import {
  batchReactor,
  derivedEventId,
  mapInSlices,
  type Consumer,
  type ConsumerTrouble,
  type Delivery,
  type Messaging,
} from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { readPrivacyStates } from '@registry/privacy-gate';
import type { AccessRepository, Work } from '../access/access.repository.js';
import { Boards, type Board } from './boards.js';
import { relationshipOf } from './evidence.reactor.js';
import { SealedResidences } from './sealed-residences.js';

export interface ResidenceParts {
  readonly store: EventStore;
  readonly contentKeys: KeyReader;
  readonly repository: AccessRepository;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'directory-residence';

/**
 * Residence in a community health board's jurisdiction is evidence that the board serves the person (DOMAIN 2.3); it ends when a later
 * submission names a place outside. The county itself is opened in memory and written nowhere: where the person lived before is what the
 * boards' relationships say.
 */
export const residenceReactor = ({
  store,
  contentKeys,
  repository,
  messaging,
  readModel,
  onTrouble,
}: ResidenceParts): Consumer => {
  const boards = new Boards(repository, readModel);
  const sealed = new SealedResidences(store, contentKeys);
  const relationships = new BoardRelationships(repository);
  return batchReactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const all = await boards.all();
      const links = all.length === 0 ? [] : (await mapInSlices(deliveries, linkIn)).flat();
      if (links.length === 0) return;
      const open = await withoutOptedOut(store, links);
      const residences = await sealed.of(open.map(({ submissionId }) => submissionId));
      await relationships.reflect(newestOfEach(open, residences), all);
    },
  });
};

interface Link {
  readonly eventId: string;
  readonly submissionId: string;
  readonly personId: string;
  readonly receivedAt: string;
}

/** Where a person lives, by one submission. */
interface Resident extends Link {
  readonly residence: Residence;
}

const linkIn = ({ event: delivered }: Delivery): Link[] => {
  const event = readContractEvent('identity.decisions.v1', delivered);
  if (event.type !== 'SubmissionLinked') return [];
  const { submissionId, personId, receivedAt } = event.data;
  return [{ eventId: event.id, submissionId, personId, receivedAt }];
};

/** Nothing is learnt about persons who have opted out. Whose privacy is not opened yet nobody can read, and has asked for nothing. */
const withoutOptedOut = async (store: EventStore, links: readonly Link[]): Promise<readonly Link[]> => {
  const states = await readPrivacyStates(store, [...new Set(links.map(({ personId }) => personId))]);
  return links.filter(({ personId }) => {
    const state = states.get(personId);
    return state?.status !== 'opened' || !state.setting.optedOut;
  });
};

/** Of each person the submission that came in last, of those that say where the person lives. */
const newestOfEach = (
  links: readonly Link[],
  residences: ReadonlyMap<string, Residence>,
): readonly Resident[] => {
  const newest = new Map<string, Resident>();
  for (const link of links) {
    const residence = residences.get(link.submissionId);
    const known = newest.get(link.personId);
    if (residence === undefined) continue;
    if (known !== undefined && Date.parse(known.receivedAt) > Date.parse(link.receivedAt)) continue;
    newest.set(link.personId, { ...link, residence });
  }
  return [...newest.values()];
};

/** The relationships of boards with residents. */
class BoardRelationships {
  constructor(private readonly repository: AccessRepository) {}

  async reflect(residents: readonly Resident[], boards: readonly Board[]): Promise<void> {
    const homes = residents.map((resident) => ({ resident, theirs: boardsOf(resident, boards) }));
    const states = await this.statesOf(
      homes.flatMap(({ resident, theirs }) => theirs.map((board) => ({ resident, board }))),
    );
    const itemsOf = (pair: Pair) => states.get(streamOf(pair))?.items ?? [];
    // As a rule the person has not moved, and the boards of the county are all there is to look at. Else the person may have left any
    // board: all are looked at, in one call.
    const stays = ({ resident, theirs }: Home): boolean =>
      theirs.length > 0 &&
      theirs.every((board) => isResidentAt(itemsOf({ resident, board }), resident.receivedAt));
    const movers = homes.filter((home) => !stays(home));
    const everywhere = await this.statesOf(
      movers.flatMap(({ resident }) => boards.map((board) => ({ resident, board }))),
    );
    for (const [stream, state] of everywhere) states.set(stream, state);

    const isLatest = ({ resident }: Home): boolean =>
      !isOutdated(
        resident.receivedAt,
        boards.flatMap((board) => itemsOf({ resident, board })),
      );
    const works = [
      ...homes.filter(stays).flatMap((home) => notesOf(home)),
      ...movers.filter(isLatest).flatMap((home) => [...notesOf(home), ...endsOf(home, boards)]),
    ].filter(({ command, ...pair }) => decideRelationship(command, states.get(streamOf(pair))).length > 0);
    if (works.length > 0) await this.repository.executeEach(works.map(workOf));
  }

  /** Relationships that there are, by stream. */
  private async statesOf(pairs: readonly Pair[]): Promise<Map<string, Relationship>> {
    const found = new Map<string, Relationship>();
    if (pairs.length === 0) return found;
    const streams = pairs.map(streamOf);
    for (const [index, state] of (await this.repository.statesOf<RelationshipState>(streams)).entries())
      if (state !== undefined) found.set(streams[index] ?? '', relationshipOf(state));
    return found;
  }
}

/** A person with the boards in whose jurisdiction the person lives. */
interface Home {
  readonly resident: Resident;
  readonly theirs: readonly Board[];
}

interface Pair {
  readonly resident: Resident;
  readonly board: Board;
}

interface PairWork extends Pair {
  readonly command: RelationshipCommand;
}

const streamOf = ({ resident, board }: Pair): string =>
  accessStreams.relationship(board.organizationId, resident.personId);

/** The boards in whose jurisdiction the person lives. */
const boardsOf = ({ residence }: Resident, boards: readonly Board[]): readonly Board[] =>
  residence === 'elsewhere'
    ? []
    : boards.filter(({ isActive, counties }) => isActive && counties.has(residence.county));

const notesOf = ({ resident, theirs }: Home): readonly PairWork[] =>
  theirs.map((board) => ({
    resident,
    board,
    command: {
      type: 'NoteEvidence',
      organization: board,
      personId: resident.personId,
      newRegistryId: randomUUID(),
      evidence: { kind: 'residence', receivedAt: resident.receivedAt },
    },
  }));

const endsOf = ({ resident, theirs }: Home, boards: readonly Board[]): readonly PairWork[] =>
  boards
    .filter((board) => !theirs.includes(board))
    .map((board) => ({
      resident,
      board,
      command: { type: 'EndResidence', receivedAt: resident.receivedAt },
    }));

const workOf = ({ board, resident, command }: PairWork): Work<RelationshipState> => ({
  stream: streamOf({ board, resident }),
  decide: (stored) =>
    decideRelationship(command, stored && relationshipOf(stored)).map((event, index) => ({
      event,
      id: derivedEventId(GROUP, resident.eventId, board.organizationId, index),
      metadata: { actor: GROUP, causationId: resident.eventId },
    })),
});
