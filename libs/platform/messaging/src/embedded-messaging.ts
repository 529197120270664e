import { categoryOf, type EventStore, type Position, type RecordedEvent } from '@registry/event-store';
import type { ContractEvent, TopicName } from '@registry/contracts';
import { paceByLoad } from './pace.js';
import { pauseFor, retry } from './retry.js';
import { giveWay } from './slice.js';
import { contractOf } from './topic-map.js';
import type { ConsumeOptions, Consumption, Delivery, Messaging, TopicDeclaration } from './messaging.port.js';

/** The embedded log is one partition. */
export const LOG_PARTITION = 'log';

/** How a thread's consumers take what has come. A message that comes alone never waits. */
export interface Batching {
  /** Events of a batch, at most: the event loop is held for as long as they take. */
  readonly size: number;
  /** Least time from one batch to the next, ms. */
  readonly pace: () => number;
}

/**
 * Messaging over the event store of the same process: a topic's map is applied on reading a durable subscription,
 * so nothing is written twice and order is the store's own.
 */
export class EmbeddedMessaging implements Messaging {
  private readonly topics = new Map<TopicName, TopicDeclaration>();

  constructor(
    private readonly store: EventStore,
    private readonly batching: Batching = { size: 400, pace: paceByLoad() },
  ) {}

  declare(declaration: TopicDeclaration): void {
    if (this.topics.has(declaration.topic)) throw new Error(`Topic ${declaration.topic} is declared twice`);
    this.topics.set(declaration.topic, mappingOnce(declaration));
  }

  consume(options: ConsumeOptions): Consumption {
    const declarations = options.topics.map((topic) => {
      const declaration = this.topics.get(topic);
      if (declaration === undefined)
        throw new Error(`${options.group} consumes ${topic}, which nobody declares`);
      return declaration;
    });
    const abort = new AbortController();
    let caughtUp = false;
    /** When what is handled now was recorded, ms since 1970, if more follows. */
    let handlingOf: number | undefined;
    const run = async () => {
      const after = (await retry(
        () => options.checkpointOf(LOG_PARTITION),
        abort.signal,
        options.onTrouble,
      )) as Position | undefined;
      const categories = [...new Set(declarations.flatMap((declaration) => declaration.categories))];
      const pages = this.store.subscribe({
        after,
        categories,
        limit: this.batching.size,
        signal: abort.signal,
      });
      for await (const page of pages) {
        const { position, events } = page;
        if (position !== undefined) {
          caughtUp = false;
          const [first] = events;
          handlingOf = page.caughtUp || first === undefined ? undefined : Date.parse(first.recordedAt);
          const handlePage = () =>
            options.handle({
              partition: LOG_PARTITION,
              deliveries: events.flatMap((event) => deliveriesOf(event, declarations)),
              checkpoint: position,
            });
          const began = performance.now();
          // One event wakes many consumers: one after the other.
          await giveWay();
          await retry(handlePage, abort.signal, options.onTrouble);
          const rest = this.batching.pace() - (performance.now() - began);
          if (page.caughtUp && rest > 1) await pauseFor(rest, abort.signal);
        }
        caughtUp = page.caughtUp;
      }
    };
    // Whatever ends the subscription, the group goes on from its checkpoint.
    const running = retry(run, abort.signal, options.onTrouble);
    return {
      stop: async () => {
        abort.abort();
        await running;
      },
      isCaughtUp: () => caughtUp,
      lateness: () => (handlingOf === undefined ? 0 : Date.now() - handlingOf),
    };
  }
}

/**
 * An event from memory the store gives to all its subscribers, frozen, and so do topics give all their consumers: each is mapped once. One
 * that a subscriber has read for itself is mapped for that one.
 */
const mappingOnce = ({ toContract, ...declaration }: TopicDeclaration): TopicDeclaration => {
  const mapped = new WeakMap<RecordedEvent, ContractEvent | 'not published'>();
  return {
    ...declaration,
    toContract: (event) => {
      if (!Object.isFrozen(event)) return contractOf(toContract, event);
      let contract = mapped.get(event);
      if (contract === undefined) {
        const made = contractOf(toContract, event);
        contract = made === undefined ? 'not published' : frozen(made);
        mapped.set(event, contract);
      }
      return contract === 'not published' ? undefined : contract;
    },
  };
};

/** What is within the data is the store's, and frozen already. */
const frozen = (event: ContractEvent): ContractEvent => {
  Object.freeze(event.data);
  return Object.freeze(event);
};

const deliveriesOf = (event: RecordedEvent, declarations: readonly TopicDeclaration[]): Delivery[] => {
  const deliveries: Delivery[] = [];
  const category = categoryOf(event.stream);
  for (const { topic, categories, toContract } of declarations) {
    if (!categories.includes(category)) continue;
    const contract = toContract(event);
    if (contract !== undefined) deliveries.push({ topic, event: contract });
  }
  return deliveries;
};
