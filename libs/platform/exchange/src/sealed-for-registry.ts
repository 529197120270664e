import type { webcrypto } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

/*
 * Content that is sealed by a sender for the registry, so that a broker's log holds nothing that can be read: HPKE (RFC 9180), base mode, DHKEM(P-256,
 * HKDF-SHA256), HKDF-SHA256, AES-256-GCM. `info` is the topic and `aad` the id of the CloudEvent, so that a content cannot be put into
 * another message.
 */

/** @see `SealedForRegistry` in contracts */
export interface SealedMessage {
  readonly keyId: string;
  /** Base64. */
  readonly enc: string;
  /** Base64. */
  readonly ciphertext: string;
}

/** What senders seal for. */
export interface PublicKey {
  readonly keyId: string;
  /** Uncompressed point (SEC 1), base64. */
  readonly key: string;
}

/** Not sealed for this key, in this message; or changed. It does not say which. */
export class NotSealedForRegistry extends Error {
  readonly code = 'INBOUND.NOT_SEALED_FOR_REGISTRY';
}

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
const text = new TextEncoder();

export const sealForRegistry = async (
  { keyId, key }: PublicKey,
  topic: string,
  id: string,
  plaintext: Uint8Array | string,
): Promise<SealedMessage> => {
  const recipientPublicKey = (await suite.kem.deserializePublicKey(
    bytesOf(Buffer.from(key, 'base64')),
  )) as webcrypto.CryptoKey;
  const sender = await suite.createSenderContext({ recipientPublicKey, info: bytesOf(text.encode(topic)) });
  const bytes = typeof plaintext === 'string' ? text.encode(plaintext) : plaintext;
  const ciphertext = await sender.seal(bytesOf(bytes), bytesOf(text.encode(id)));
  return {
    keyId,
    enc: Buffer.from(sender.enc).toString('base64'),
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
};

/** The registry's own pairs, which follow from secrets of 32 random bytes. */
export class InboundKey {
  private constructor(
    readonly publicKey: PublicKey,
    private readonly pair: webcrypto.CryptoKeyPair,
  ) {}

  static async from(keyId: string, secret: Uint8Array): Promise<InboundKey> {
    const pair = (await suite.kem.deriveKeyPair(bytesOf(secret))) as webcrypto.CryptoKeyPair;
    const key = Buffer.from(await suite.kem.serializePublicKey(pair.publicKey)).toString('base64');
    return new InboundKey({ keyId, key }, pair);
  }

  /** @throws NotSealedForRegistry */
  async open(topic: string, id: string, { enc, ciphertext }: SealedMessage): Promise<Uint8Array> {
    try {
      const recipient = await suite.createRecipientContext({
        recipientKey: this.pair.privateKey,
        enc: bytesOf(Buffer.from(enc, 'base64')),
        info: bytesOf(text.encode(topic)),
      });
      return new Uint8Array(
        await recipient.open(bytesOf(Buffer.from(ciphertext, 'base64')), bytesOf(text.encode(id))),
      );
    } catch {
      throw new NotSealedForRegistry();
    }
  }
}

/** A buffer of Node's pool is a window on more: only its own bytes count. */
const bytesOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
