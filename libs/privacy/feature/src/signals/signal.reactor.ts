import type { KeyReader, KeyRing } from '@registry/content-keys';
import {
  accessStreams,
  ClientState,
  OrganizationState,
  readContractEvent,
  validatorOf,
} from '@registry/contracts';
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
import {
  readSignals,
  type Polarity,
  type ReadSignals,
  type SignalNotedData,
  type SignalOutcomeNote,
} from '@registry/privacy-domain';
import { readPrivacyHead, survivorOf, type ReleaseGate } from '@registry/privacy-gate';
import type { Clock } from '@registry/runtime';
import { awaitOpening } from '../setting/opening.reactor.js';
import { noteDeath } from './reported-death.js';
import { SealedSignals, type SaidBeside } from './sealed-signals.js';
import { SignalBrake } from './signal-brake.js';
import { giveEffect, type SignalMessage } from './signal-effect.js';
import { lastSaidIn, signalStream, type LastSaid } from './signal-journal.js';

export interface SignalParts {
  readonly store: EventStore;
  readonly contentKeys: KeyReader;
  readonly keyRing: KeyRing;
  readonly gate: ReleaseGate;
  readonly clock: Clock;
  readonly messaging: Messaging;
  readonly readModel: ReadModel;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'privacy-signals';

/**
 * What PD1 and PID-30 of linked submissions say, to the effect that they may have (DOMAIN 1.3, 2.3, 3.6). Ingest must not wait for it, so a
 * batch costs four calls, and what says nothing new costs nothing more.
 *
 * Effects first, then the note of what was said: a repeat after an interruption finds its effects there, and whatever is noted is done.
 */
export const signalReactor = (parts: SignalParts): Consumer => {
  const { store, contentKeys, keyRing, messaging, readModel, onTrouble } = parts;
  const sealed = new SealedSignals(store, contentKeys, keyRing);
  const brake = new SignalBrake(store);
  return batchReactor(messaging, {
    group: GROUP,
    topics: ['identity.decisions.v1'],
    readModel,
    onTrouble,
    reactToAll: async (deliveries) => {
      const messages = (await mapInSlices(deliveries, messageIn)).flat();
      if (messages.length === 0) return;
      const polarities = await polaritiesOf(store, messages);
      const said = await sealed.of(messages);
      const heard = await hear(store, messages, said, polarities);
      const asking = new Set(
        heard.flatMap(({ message, read }) =>
          read?.signals.some(({ kind }) => kind === 'protect') === true ? [message.submissionId] : [],
        ),
      );
      const isStopped = await brake.count(
        messages
          .filter(({ clientId }) => (polarities.get(clientId) ?? 'off') !== 'off')
          .map((message) => ({ ...message, asksForProtection: asking.has(message.submissionId) })),
      );
      const providers = await providersAmong(store, heard);
      const byPerson = new Map<string, Heard[]>();
      for (const each of heard)
        byPerson.set(each.message.personId, [...(byPerson.get(each.message.personId) ?? []), each]);
      // `allSettled`, so that no append is still under way when the batch is tried again.
      const results = await Promise.allSettled(
        [...byPerson.values()].map(async (ofPerson) => {
          const revisions = new Map<string, number | undefined>();
          for (const each of ofPerson) await answer(parts, each, providers, isStopped, revisions);
        }),
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  });
};

/** A message that says something new. */
interface Heard {
  readonly message: SignalMessage;
  readonly death?: SaidBeside['death'];
  /** Absent: PD1 says nothing new. */
  readonly read?: ReadSignals;
  readonly last: LastSaid;
}

const messageIn = ({ event: delivered }: Delivery): SignalMessage[] => {
  const event = readContractEvent('identity.decisions.v1', delivered);
  if (event.type !== 'SubmissionLinked') return [];
  return [{ ...event.data, linkRevision: event.revision }];
};

const readClient = validatorOf('ClientState', ClientState);
const readOrganization = validatorOf('OrganizationState', OrganizationState);

const polaritiesOf = async (
  store: EventStore,
  messages: readonly SignalMessage[],
): Promise<ReadonlyMap<string, Polarity>> => {
  const clientIds = [...new Set(messages.map(({ clientId }) => clientId))];
  const heads = await store.heads(clientIds.map(accessStreams.client));
  return new Map(
    clientIds.map((clientId, index) => {
      const head = heads[index];
      const polarity = head === undefined ? undefined : readClient(head.data['state']).protectionIndicator;
      return [clientId, polarity ?? 'off'];
    }),
  );
};

/** What is new in what the messages say, in log order. */
const hear = async (
  store: EventStore,
  messages: readonly SignalMessage[],
  said: ReadonlyMap<string, SaidBeside>,
  polarities: ReadonlyMap<string, Polarity>,
): Promise<readonly Heard[]> => {
  const saying = messages.filter(({ submissionId }) => said.has(submissionId));
  const streams = [...new Set(saying.map(streamOf))];
  const heads = streams.length === 0 ? [] : await store.heads(streams);
  const last = new Map<string, LastSaid>(streams.map((stream, index) => [stream, lastSaidIn(heads[index])]));
  const values = new Map([...last].map(([stream, { noted }]) => [stream, noted?.values ?? {}]));
  return saying.flatMap((message): Heard[] => {
    const stream = streamOf(message);
    const { registryStatus, death } = said.get(message.submissionId) ?? {};
    const stands = last.get(stream) ?? { revision: undefined, noted: undefined };
    const before = values.get(stream) ?? {};
    const isNews = message.linkRevision > (stands.noted?.linkRevision ?? -1);
    const polarity = polarities.get(message.clientId) ?? 'off';
    const read =
      isNews && registryStatus !== undefined ? readSignals(registryStatus, before, polarity) : undefined;
    const changed = read !== undefined && read.values !== before ? read : undefined;
    if (changed !== undefined) values.set(stream, changed.values);
    if (changed === undefined && death === undefined) return [];
    return [
      {
        message,
        last: stands,
        ...(death === undefined ? {} : { death }),
        ...(changed === undefined ? {} : { read: changed }),
      },
    ];
  });
};

/** Organizations that a record can be locked to, of those that ask for protection. */
const providersAmong = async (store: EventStore, heard: readonly Heard[]): Promise<ReadonlySet<string>> => {
  const ids = heard.flatMap(({ message, read }) =>
    read?.signals.some(({ kind }) => kind === 'protect') === true ? [message.organizationId] : [],
  );
  const distinct = [...new Set(ids)];
  if (distinct.length === 0) return new Set();
  const heads = await store.heads(distinct.map(accessStreams.organization));
  return new Set(
    distinct.filter((_id, index) => {
      const head = heads[index];
      if (head === undefined) return false;
      const { category, status } = readOrganization(head.data['state']);
      return category === 'provider' && status === 'active';
    }),
  );
};

/** @param revisions where the signal streams of the person are by now; filled in as notes are appended */
const answer = async (
  parts: SignalParts,
  { message, death, read, last }: Heard,
  providers: ReadonlySet<string>,
  isStopped: (message: SignalMessage) => boolean,
  revisions: Map<string, number | undefined>,
): Promise<void> => {
  const { store } = parts;
  await awaitOpening(store, message.personId);
  const { state } = await readPrivacyHead(store, await survivorOf(store, message.personId));
  // The submission is being suppressed: nothing of it may be kept.
  if (state.status === 'opened' && state.setting.optedOut) return;
  if (death !== undefined) await noteDeath(store, message, death);
  if (read === undefined) return;
  const context = { isProvider: providers.has(message.organizationId), stopped: isStopped(message) };
  const outcomes: SignalOutcomeNote[] = [];
  for (const signal of read.signals)
    outcomes.push({ signal: signal.signal, outcome: await giveEffect(parts, message, signal, context) });
  const { submissionId, clientId, receivedAt, linkRevision } = message;
  const data: SignalNotedData = {
    values: read.values,
    submissionId,
    clientId,
    receivedAt,
    linkRevision,
    outcomes,
    ...(read.registryStatus === undefined ? {} : { registryStatus: read.registryStatus }),
  };
  const stream = streamOf(message);
  const at = revisions.has(stream) ? revisions.get(stream) : last.revision;
  const id = derivedEventId(GROUP, submissionId, 'noted');
  const metadata = { schemaVersion: 1, causationId: id, actor: GROUP };
  const { revision } = await store.append(stream, at ?? 'none', [
    { id, type: 'SignalNoted', data, metadata },
  ]);
  revisions.set(stream, revision);
};

const streamOf = ({ organizationId, personId }: SignalMessage): string =>
  signalStream(organizationId, personId);
