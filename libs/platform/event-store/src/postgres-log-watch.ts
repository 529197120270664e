import { StoreUnavailable } from './event-store.port.js';
import { type LogPlace, type PostgresReader, comparePlaces } from './postgres-reader.js';
import { WakeUp, pause } from './wake-up.js';

const SHORTEST_PAUSE = 2;
const LONGEST_BACK_OFF = 2000;

/**
 * Looks for new events on behalf of all subscriptions of a store that have caught up: one small query per interval,
 * however many there are. An append of this process makes it look at once.
 */
export class PostgresLogWatch {
  private readonly moved = new WakeUp();
  private last: LogPlace = { xid: 0, position: 0 };
  private appended: LogPlace = this.last;
  private pauseFor: number;
  private running = false;
  private behind = false;
  private endRest = (): void => undefined;

  /** @param interval milliseconds between looks when this process appends nothing */
  constructor(
    private readonly reader: PostgresReader,
    private readonly interval: number,
    private readonly closing: AbortSignal,
  ) {
    this.pauseFor = interval;
    closing.addEventListener(
      'abort',
      () => {
        this.moved.wake();
        this.endRest();
      },
      { once: true },
    );
  }

  /** Resolves when events after `place` are readable, the store is closed, or the signal is aborted. */
  async untilAfter(place: LogPlace, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.closing.aborted && comparePlaces(this.last, place) <= 0) {
      const moved = this.moved.wait(signal);
      void this.run();
      await moved;
    }
  }

  /** This process has appended at `place`: it will be readable as soon as older transactions have ended. */
  nudge(place: LogPlace): void {
    if (comparePlaces(place, this.appended) > 0) this.appended = place;
    this.pauseFor = SHORTEST_PAUSE;
    if (!this.behind) this.endRest();
  }

  /** Looks as long as somebody waits. Never rejects. */
  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      let backOff = this.interval;
      while (this.moved.isAwaited && !this.closing.aborted) {
        try {
          await this.look();
          backOff = this.interval;
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          await pause(backOff, this.closing);
          backOff = Math.min(backOff * 2, LONGEST_BACK_OFF);
        }
      }
    } finally {
      this.running = false;
    }
  }

  private async look(): Promise<void> {
    const last = await this.reader.last();
    if (comparePlaces(last, this.last) > 0) {
      this.last = last;
      this.moved.wake();
    }
    this.behind = comparePlaces(this.appended, this.last) > 0;
    // An older transaction, anywhere in the cluster, holds our own events back: look often at first, then less.
    this.pauseFor = this.behind ? Math.min(this.pauseFor * 2, this.interval) : this.interval;
    await this.rest(this.pauseFor);
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.endRest = () => {
        clearTimeout(timer);
        this.endRest = () => undefined;
        resolve();
      };
      const timer = setTimeout(() => this.endRest(), milliseconds);
    });
  }
}
