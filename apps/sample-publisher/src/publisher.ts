import { sealForRegistry, type Exchange, type ExchangeConsumption, type PublicKey } from '@registry/exchange';
import { InboundAnswered, validatorOf } from '@registry/contracts';

export type InboundKind = 'hl7' | 'births' | 'immunizations';

export interface PublisherOptions {
  readonly clientId: string;
  /** From `GET /inbound-keys`; asked for again now and then. */
  readonly publicKey: () => Promise<PublicKey>;
  /** A message that is not answered in this time is published again, under the same id. ms */
  readonly againAfter?: number;
}

const AGAIN_AFTER_MS = 60_000;
const readAnswer = validatorOf('InboundAnswered', InboundAnswered);

/**
 * What an upstream system has to do, in small: seal each message for the registry, publish it under an id of its own, and hear what became of it.
 * Until then the message is the publisher's: it keeps it, and publishes it again.
 */
export class Publisher {
  private readonly waiting = new Map<string, (answer: InboundAnswered) => void>();
  private readonly answers: ExchangeConsumption;

  constructor(
    private readonly exchange: Exchange,
    private readonly options: PublisherOptions,
  ) {
    const topic = `acknowledgments.${options.clientId}.v1`;
    this.answers = exchange.consume({
      group: `publisher-${options.clientId}`,
      topics: new RegExp(`^${topic.replaceAll('.', '\\.')}$`),
      handle: ({ data }) => {
        const answer = readAnswer(data);
        // The same answer may come twice; the first counts.
        this.waiting.get(answer.messageId)?.(answer);
        this.waiting.delete(answer.messageId);
        return Promise.resolve();
      },
    });
  }

  /**
   * @param id of the message, unique for this client: the same for the same content
   * @param key messages of one key are taken in order: the person's number in this system, say
   * @returns what became of it, once all that the answer calls taken is durable
   */
  async submit(kind: InboundKind, id: string, key: string, plaintext: string): Promise<InboundAnswered> {
    const topic = `inbound.${this.options.clientId}.${kind}.v1`;
    const answered = new Promise<InboundAnswered>((resolve) => this.waiting.set(id, resolve));
    for (;;) {
      const data = await sealForRegistry(await this.options.publicKey(), topic, id, plaintext);
      await this.exchange.publish(topic, [
        { id, type: 'Submitted', time: new Date().toISOString(), key, data },
      ]);
      const answer = await within(answered, this.options.againAfter ?? AGAIN_AFTER_MS);
      if (answer !== undefined) return answer;
    }
  }

  async stop(): Promise<void> {
    await this.answers.stop();
  }
}

/** Undefined: not in this time. */
const within = async <T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
