import type { ContractEvent } from '@registry/contracts';
import type { EventStore, RecordedEvent } from '@registry/event-store';
import type { DeliveryBatch, Messaging, TopicDeclaration } from './messaging.port.js';

/** A messaging adapter and the store that its topics are made from. */
export interface MessagingUnderTest {
  readonly messaging: Messaging;
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}

/** Settings of persons, as a stand-in for any topic. Events of type `Private` are not published. */
const settings: TopicDeclaration = {
  topic: 'privacy.settings.v1',
  categories: ['privacy'],
  toContract: (event: RecordedEvent): ContractEvent | undefined =>
    event.type === 'Private'
      ? undefined
      : {
          id: event.id,
          type: event.type,
          key: event.stream,
          revision: event.revision,
          position: event.position,
          recordedAt: event.recordedAt,
          data: event.data,
        },
};

const requests: TopicDeclaration = {
  ...settings,
  topic: 'privacy.requests.v1',
  categories: ['privacyRequest'],
};

let lastId = 0;
const event = (type = 'Public') => ({
  id: `00000000-0000-4000-8000-${String((lastId += 1)).padStart(12, '0')}`,
  type,
  data: { number: lastId },
  metadata: { schemaVersion: 1 },
});

const condition = async (holds: () => boolean): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('It never came true');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

/** A consumer that keeps its checkpoint as a real one does: with what it made of the messages. */
class Recorder {
  readonly seen: string[] = [];
  readonly checkpoints = new Map<string, string>();
  failures = 0;

  readonly handle = (batch: DeliveryBatch): Promise<void> => {
    if (this.failures > 0) {
      this.failures -= 1;
      return Promise.reject(new Error('away'));
    }
    this.seen.push(...batch.deliveries.map((delivery) => delivery.event.id));
    this.checkpoints.set(batch.partition, batch.checkpoint);
    return Promise.resolve();
  };

  readonly checkpointOf = (partition: string): Promise<string | undefined> =>
    Promise.resolve(this.checkpoints.get(partition));
}

/** What every adapter of the messaging port promises. */
export const describeMessagingContract = (
  name: string,
  make: () => Promise<MessagingUnderTest>,
  /** `everywhere`: a topic may be declared by another process, so that none is unknown here. */
  declared: 'here' | 'everywhere' = 'here',
): void => {
  describe(`${name} as messaging`, () => {
    let under: MessagingUnderTest;

    beforeEach(async () => {
      under = await make();
      under.messaging.declare(settings);
      under.messaging.declare(requests);
    });

    afterEach(() => under.close());

    const consume = (recorder: Recorder, topics: TopicDeclaration['topic'][] = ['privacy.settings.v1']) =>
      under.messaging.consume({
        group: 'test',
        topics,
        checkpointOf: recorder.checkpointOf,
        handle: recorder.handle,
      });

    it('delivers what was there and what comes, of its topics only, in order per key', async () => {
      const before = [event(), event()];
      await under.store.append('privacy-1', 'none', before);
      const recorder = new Recorder();
      const consumption = consume(recorder);
      await condition(() => recorder.seen.length === 2);
      const after = event();
      await under.store.append('privacyRequest-1', 'none', [event()]);
      await under.store.append('privacy-1', 1, [after]);
      await condition(() => recorder.seen.length === 3);
      expect(recorder.seen).toStrictEqual([...before, after].map(({ id }) => id));
      await consumption.stop();
    });

    it('delivers several topics to one group', async () => {
      const [one, other] = [event(), event()];
      await under.store.append('privacy-1', 'none', [one]);
      await under.store.append('privacyRequest-1', 'none', [other]);
      const recorder = new Recorder();
      const consumption = consume(recorder, ['privacy.settings.v1', 'privacy.requests.v1']);
      await condition(() => recorder.seen.length === 2);
      expect(new Set(recorder.seen)).toStrictEqual(new Set([one.id, other.id]));
      await consumption.stop();
    });

    it('keeps back what the map leaves out', async () => {
      const recorder = new Recorder();
      const consumption = consume(recorder);
      const published = event();
      await under.store.append('privacy-1', 'none', [event('Private'), published]);
      await condition(() => recorder.checkpoints.size > 0 && recorder.seen.length > 0);
      expect(recorder.seen).toStrictEqual([published.id]);
      await consumption.stop();
    });

    it('brings a batch again until it is handled, and loses nothing', async () => {
      const recorder = new Recorder();
      recorder.failures = 3;
      const events = [event(), event(), event()];
      await under.store.append('privacy-1', 'none', events);
      const consumption = consume(recorder);
      await condition(() => recorder.seen.length >= 3);
      expect(recorder.seen).toStrictEqual(events.map(({ id }) => id));
      await consumption.stop();
    });

    it('goes on from the checkpoint', async () => {
      const recorder = new Recorder();
      const [first, second] = [event(), event()];
      await under.store.append('privacy-1', 'none', [first]);
      const before = consume(recorder);
      await condition(() => recorder.seen.length === 1);
      await before.stop();
      await under.store.append('privacy-1', 0, [second]);
      const after = consume(recorder);
      await condition(() => recorder.seen.length === 2);
      expect(recorder.seen).toStrictEqual([first.id, second.id]);
      await after.stop();
    });

    it('handles nothing after it was stopped, and waits for the batch under way', async () => {
      const recorder = new Recorder();
      let release: () => void = () => undefined;
      let started = false;
      const consumption = under.messaging.consume({
        group: 'slow',
        topics: ['privacy.settings.v1'],
        checkpointOf: recorder.checkpointOf,
        handle: async (batch) => {
          if (batch.deliveries.length === 0) return;
          started = true;
          await new Promise<void>((resolve) => (release = resolve));
          await recorder.handle(batch);
        },
      });
      await under.store.append('privacy-1', 'none', [event()]);
      await condition(() => started);
      const stopped = consumption.stop();
      release();
      await stopped;
      expect(recorder.seen).toHaveLength(1);
      await under.store.append('privacy-1', 0, [event()]);
      expect(recorder.seen).toHaveLength(1);
    });

    it('says when it has caught up', async () => {
      const recorder = new Recorder();
      const consumption = consume(recorder);
      await condition(() => consumption.isCaughtUp());
      await under.store.append('privacy-1', 'none', [event()]);
      await condition(() => recorder.seen.length === 1 && consumption.isCaughtUp());
      await consumption.stop();
    });

    it('refuses a second declaration, and a topic that it knows nobody declares', () => {
      if (declared === 'here')
        expect(() => consume(new Recorder(), ['identity.decisions.v1'])).toThrow(/nobody declares/);
      expect(() => under.messaging.declare(settings)).toThrow(/twice/);
    });
  });
};
