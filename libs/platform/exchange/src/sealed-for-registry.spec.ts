import { randomBytes } from 'node:crypto';
import { InboundKey, NotSealedForRegistry, sealForRegistry } from './sealed-for-registry.js';

describe('Content that is sealed for the registry', () => {
  const topic = 'inbound.c.hl7.v1';

  it('is opened with the key that follows from the secret, in its own message only', async () => {
    const secret = randomBytes(32);
    const key = await InboundKey.from('v1', secret);
    const sealed = await sealForRegistry(key.publicKey, topic, 'm1', 'MSH|^~\\&|Åse');
    expect(JSON.stringify(sealed)).not.toContain('MSH');
    const again = await InboundKey.from('v1', secret);
    expect(again.publicKey).toEqual(key.publicKey);
    expect(Buffer.from(await again.open(topic, 'm1', sealed)).toString()).toBe('MSH|^~\\&|Åse');

    const other = await InboundKey.from('v2', randomBytes(32));
    const flipped = Buffer.from(sealed.ciphertext, 'base64');
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    const attempts = [
      other.open(topic, 'm1', sealed),
      key.open(topic, 'm2', sealed),
      key.open('inbound.d.hl7.v1', 'm1', sealed),
      key.open(topic, 'm1', { ...sealed, ciphertext: flipped.toString('base64') }),
      key.open(topic, 'm1', { ...sealed, enc: '' }),
    ];
    for (const outcome of await Promise.allSettled(attempts))
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: expect.any(NotSealedForRegistry) as unknown,
      });
  });
});
