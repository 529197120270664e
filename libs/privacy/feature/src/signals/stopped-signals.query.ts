import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import { hasStopped } from '@registry/privacy-domain';
import { readSignalDay, signalDayStream, STOPPED_SIGNALS_STREAM } from './signal-journal.js';

/** A day on which a client's signals stopped. */
export interface StoppedDay {
  readonly clientId: string;
  /** Legal day, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface StoppedDays {
  /** Newest first. */
  readonly days: readonly StoppedDay[];
  /** Pass as `before` for the next page; absent on the last one. */
  readonly next?: number;
}

/** That day's, for whoever looks through them. Nobody is named: the messages are, which the client itself knows by their control ids. */
export interface StoppedDayReport extends StoppedDay {
  /** Persons whom the client's messages of the day were about, and those of them for whom they asked for protection. */
  readonly persons: number;
  readonly asked: number;
  /** `stopped`: it came after the stop, and had no effect. */
  readonly signals: readonly { readonly submissionId: string; readonly stopped: boolean }[];
}

const PAGE = 100;

@Injectable()
export class StoppedSignals {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  async list(before?: number): Promise<StoppedDays> {
    if (before === 0) return { days: [] };
    const events = await this.store.read(STOPPED_SIGNALS_STREAM, {
      direction: 'backwards',
      limit: PAGE,
      ...(before === undefined ? {} : { from: before - 1 }),
    });
    const last = events.at(-1);
    return {
      days: events.map(({ data }) => data as unknown as StoppedDay),
      ...(events.length === PAGE && last !== undefined && last.revision > 0 ? { next: last.revision } : {}),
    };
  }

  /** Undefined: that day's signals did not stop. */
  async report({ clientId, day }: StoppedDay): Promise<StoppedDayReport | undefined> {
    const { day: counted } = await readSignalDay(this.store, signalDayStream(clientId, day));
    if (counted.stoppedFrom === undefined) return undefined;
    return {
      clientId,
      day,
      persons: counted.persons.size,
      asked: new Set(counted.asked.map(({ personId }) => personId)).size,
      signals: counted.asked.map(({ submissionId, linkRevision }) => ({
        submissionId,
        stopped: hasStopped(counted, linkRevision),
      })),
    };
  }
}
