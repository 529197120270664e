import { randomBytes } from 'node:crypto';
import { createMemoryExchange, InboundKey, type SealedMessage } from '@registry/exchange';
import { Publisher } from './publisher.js';

describe('The sample publisher', () => {
  it('seals, publishes again under the same id until it is answered, and hears what became of it', async () => {
    const exchange = createMemoryExchange();
    const key = await InboundKey.from('inbound-v1', randomBytes(32));
    const topic = 'inbound.c.hl7.v1';
    let seen = 0;
    const registry = exchange.consume({
      group: 'registry',
      topics: /^inbound\./,
      handle: async ({ id, data }) => {
        seen += 1;
        // The first is lost.
        if (seen === 1) return;
        expect(Buffer.from(await key.open(topic, id, data as SealedMessage)).toString()).toBe('MSH|Olson');
        const answer = { messageId: id, status: 'accepted', acknowledgment: 'MSA|AA' };
        await exchange.publish('acknowledgments.c.v1', [
          { id: 'a', type: 'InboundAnswered', time: '', key: id, data: answer },
        ]);
      },
    });
    const publisher = new Publisher(exchange, {
      clientId: 'c',
      publicKey: () => Promise.resolve(key.publicKey),
      // Longer than an answer takes on a slow machine: it shall be sent again for the first alone, which is lost.
      againAfter: 1_000,
    });
    expect(await publisher.submit('hl7', 'm1', 'p1', 'MSH|Olson')).toMatchObject({
      messageId: 'm1',
      status: 'accepted',
    });
    await publisher.stop();
    await registry.stop();
    const published = exchange.published.filter((event) => event.topic === topic);
    expect(published.map(({ id }) => id)).toEqual(['m1', 'm1']);
    expect(JSON.stringify(published)).not.toContain('Olson');
  });
});
