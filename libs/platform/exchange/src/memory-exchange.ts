import type { Exchange, ExchangeConsumeOptions, ExchangedEvent, ReceivedEvent } from './exchange.port.js';

export interface MemoryExchange extends Exchange {
  /** All that was published, in order. */
  readonly published: readonly ReceivedEvent[];
}

/** An exchange within the process, for tests: what is published is consumed here too. */
export const createMemoryExchange = (): MemoryExchange => {
  const published: ReceivedEvent[] = [];
  const consumers = new Set<() => void>();
  return {
    published,
    publish: (topic: string, events: readonly ExchangedEvent[]): Promise<void> => {
      published.push(...events.map((event) => ({ ...event, topic })));
      for (const wake of consumers) wake();
      return Promise.resolve();
    },
    consume: ({ topics, handle, onTrouble }: ExchangeConsumeOptions) => {
      let next = 0;
      let stopped = false;
      let running: Promise<void> = Promise.resolve();
      const run = async (): Promise<void> => {
        for (let event = published[next]; event !== undefined && !stopped; event = published[next]) {
          try {
            if (topics.test(event.topic)) await handle(event);
            next += 1;
          } catch (error) {
            onTrouble?.(error);
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }
      };
      const wake = () => {
        running = running.then(run);
      };
      consumers.add(wake);
      wake();
      return {
        stop: async () => {
          stopped = true;
          consumers.delete(wake);
          await running;
        },
      };
    },
    close: () => Promise.resolve(),
  };
};
