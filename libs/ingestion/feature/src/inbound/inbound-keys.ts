import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@registry/access';
import { KEY_RING, KeyMissing, type KeyRing } from '@registry/content-keys';
import type { SealedForRegistry } from '@registry/contracts';
import { InboundKey, NotSealedForRegistry, type PublicKey } from '@registry/exchange';
import { Emits } from '@registry/http';

/** Name of the keys in the ring. Rotated, earlier versions still open what was sealed for them. */
const NAME = 'inbound';

/** The pairs that senders seal for (`SealedForRegistry`). */
@Injectable()
export class InboundKeys {
  private readonly keys = new Map<number, Promise<InboundKey>>();

  constructor(@Inject(KEY_RING) private readonly ring: KeyRing) {}

  async current(): Promise<PublicKey> {
    const { version, key } = this.ring.current(NAME);
    return (await this.keyOf(version, key)).publicKey;
  }

  /** @throws NotSealedForRegistry */
  async open(topic: string, id: string, sealed: SealedForRegistry): Promise<Uint8Array> {
    const version = Number(/^inbound-v(\d{1,6})$/.exec(sealed.keyId)?.[1]);
    if (!Number.isInteger(version)) throw new NotSealedForRegistry();
    try {
      return await (await this.keyOf(version, this.ring.get(NAME, version))).open(topic, id, sealed);
    } catch (error) {
      if (error instanceof KeyMissing) throw new NotSealedForRegistry();
      throw error;
    }
  }

  private keyOf(version: number, secret: Uint8Array): Promise<InboundKey> {
    const known = this.keys.get(version) ?? InboundKey.from(`inbound-v${version}`, secret);
    this.keys.set(version, known);
    return known;
  }
}

@ApiTags('submissions')
@Controller('inbound-keys')
@Public()
export class InboundKeysController {
  constructor(private readonly keys: InboundKeys) {}

  @Get()
  @Emits('nothing')
  @ApiOperation({ summary: 'The public key that content on inbound topics is sealed for' })
  async read(): Promise<{ readonly keys: readonly PublicKey[] }> {
    return { keys: [await this.keys.current()] };
  }
}
