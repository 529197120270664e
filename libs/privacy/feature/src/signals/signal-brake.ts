import type { EventStore } from '@registry/event-store';
import { legalDayOf, startOfLegalDay } from '@registry/legal-day';
import { derivedEventId } from '@registry/messaging';
import { countDay, hasStopped, type CountedMessage, type SignalDay } from '@registry/privacy-domain';
import { openTask } from '../task/open-task.js';
import {
  readSignalDay,
  signalDayStream,
  STOPPED_SIGNALS_STREAM,
  type StoredSignalDay,
} from './signal-journal.js';

export interface BrakedMessage extends CountedMessage {
  readonly clientId: string;
  /** ISO-8601 UTC. */
  readonly receivedAt: string;
}

const GROUP = 'privacy-signals';
/** Days kept in memory: those of today's senders, and of yesterday's stragglers. */
const DAYS_KEPT = 1_000;

/**
 * The brake (DOMAIN 3.6): a sender that asks for protection of more than the policy's share of its persons in a legal day has its signals
 * stopped for that day. The counts are events, appended before anything acts on them, so a restart decides alike.
 */
export class SignalBrake {
  private readonly days = new Map<string, StoredSignalDay>();
  private readonly told = new Set<string>();

  constructor(private readonly store: EventStore) {}

  /**
   * Counts messages, in log order.
   * @returns whether signals of a client have stopped by then, for these messages @throws StoreUnavailable @throws RevisionConflict
   */
  async count(
    messages: readonly BrakedMessage[],
  ): Promise<(message: Pick<BrakedMessage, 'clientId' | 'receivedAt' | 'linkRevision'>) => boolean> {
    const byDay = new Map<string, BrakedMessage[]>();
    for (const message of messages) {
      const stream = streamOf(message);
      byDay.set(stream, [...(byDay.get(stream) ?? []), message]);
    }
    const counted = new Map<string, SignalDay>();
    for (const [stream, ofDay] of byDay) counted.set(stream, await this.countOf(stream, ofDay));
    return (message) => {
      const day = counted.get(streamOf(message));
      return day !== undefined && hasStopped(day, message.linkRevision);
    };
  }

  private async countOf(stream: string, messages: readonly BrakedMessage[]): Promise<SignalDay> {
    const stored = this.days.get(stream) ?? (await readSignalDay(this.store, stream));
    this.days.delete(stream);
    const data = countDay(stored.day, messages);
    if (data !== undefined) {
      const event = {
        id: derivedEventId(GROUP, stream, data.through),
        type: 'SignalDayCounted',
        data,
        metadata: { schemaVersion: 1, actor: GROUP },
      };
      const { revision } = await this.store.append(stream, stored.revision ?? 'none', [event]);
      stored.take(data, revision);
    }
    this.days.set(stream, stored);
    const { day } = stored;
    for (const oldest of this.days.keys()) {
      if (this.days.size <= DAYS_KEPT) break;
      this.days.delete(oldest);
    }
    const [first] = messages;
    if (day.stoppedFrom !== undefined && first !== undefined) await this.tell(stream, first);
    return day;
  }

  /** On the list, and a task of it, once for the day. */
  private async tell(stream: string, { clientId, receivedAt }: BrakedMessage): Promise<void> {
    const id = derivedEventId(GROUP, stream, 'stopped');
    if (this.told.has(id)) return;
    await openTask(
      this.store,
      // The day's own start, so that a repeat says the same whichever message it comes with.
      { kind: 'signals-stopped', about: clientId, openedAt: startOfLegalDay(legalDayOf(receivedAt)) },
      id,
    );
    await this.store.append(STOPPED_SIGNALS_STREAM, 'any', [
      {
        id,
        type: 'SignalsStopped',
        data: { clientId, day: legalDayOf(receivedAt) },
        metadata: { schemaVersion: 1, causationId: id, actor: GROUP },
      },
    ]);
    this.told.add(id);
  }
}

const streamOf = ({ clientId, receivedAt }: Pick<BrakedMessage, 'clientId' | 'receivedAt'>): string =>
  signalDayStream(clientId, legalDayOf(receivedAt));
