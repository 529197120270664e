import type { CommandBus } from '@nestjs/cqrs';
import type { Caller, CallerDirectory } from '@registry/access';
import {
  SealedForRegistry,
  validatorOf,
  type ClientRole,
  type InboundAnswered,
  type TopicName,
} from '@registry/contracts';
import { ExchangeMessaging, NotSealedForRegistry, type Exchange } from '@registry/exchange';
import { BodyPipe, InvalidInput } from '@registry/http';
import { derivedEventId, reactor, type Consumer, type ConsumerTrouble } from '@registry/messaging';
import type { ReadModel } from '@registry/persistence';
import { NameReused } from '../intake/submission-intake.js';
import { EnterImmunizations } from '../manual-entry/enter-immunizations.handler.js';
import { EnterImmunizationsDto } from '../manual-entry/immunization.dto.js';
import { ReceiveHl7 } from '../receive-hl7/receive-hl7.handler.js';
import type { Uploads } from '../uploads/uploads.js';
import { rowsOfJson } from '../uploads/rows.js';
import { BIRTHS, DEATHS } from '../vital-records/vital-record-rows.js';
import type { InboundKeys } from './inbound-keys.js';

export interface InboundParts {
  readonly exchange: Exchange;
  readonly callers: CallerDirectory;
  readonly keys: InboundKeys;
  readonly commands: CommandBus;
  readonly uploads: Uploads;
  readonly readModel: ReadModel;
  readonly now: () => Date;
  readonly onTrouble: (trouble: ConsumerTrouble) => void;
}

const GROUP = 'ingestion-inbound';
/** Whose it is, and what. */
const TOPIC = /^inbound\.([0-9a-f-]{36})\.(hl7|births|immunizations)\.v1$/;

type Answer = Pick<InboundAnswered, 'status' | 'acknowledgment' | 'problems'>;

const readSealed = validatorOf('SealedForRegistry', SealedForRegistry);

/**
 * Takes what upstream systems publish on topics of their own, by the same way in as over HTTP, and answers each message on the sender's
 * acknowledgment topic once all that the answer calls taken is durable. Whose a message is its topic says, which the broker lets only that
 * client write. What cannot be taken is answered with the reason; what this program cannot handle is a dead letter.
 */
export const inboundConsumer = (parts: InboundParts): Consumer => {
  const { exchange, readModel, onTrouble } = parts;
  return reactor(new ExchangeMessaging(exchange, TOPIC), {
    group: GROUP,
    // Which they are, the pattern says.
    topics: [],
    readModel,
    onTrouble,
    react: async ({ topic, event: { id, data } }) => {
      const [, clientId = '', kind = ''] = TOPIC.exec(topic) ?? [];
      const answer = await answerOf(parts, { topic, id, clientId, kind, data });
      await exchange.publish(`acknowledgments.${clientId}.v1`, [
        {
          id: derivedEventId(GROUP, topic, id),
          type: 'InboundAnswered',
          time: parts.now().toISOString(),
          key: id,
          data: { messageId: id, ...answer } satisfies InboundAnswered,
        },
      ]);
    },
  });
};

interface Message {
  readonly topic: TopicName;
  readonly id: string;
  readonly clientId: string;
  readonly kind: string;
  readonly data: unknown;
}

const ROLES: Readonly<Record<string, ClientRole>> = {
  hl7: 'submitter',
  births: 'vital-records',
  immunizations: 'submitter',
};

const answerOf = async (parts: InboundParts, message: Message): Promise<Answer> => {
  const caller = await parts.callers.callerOf(message.clientId);
  const role = ROLES[message.kind];
  if (caller === undefined || role === undefined || !caller.roles.includes(role))
    return rejected('', 'client-not-entitled');
  try {
    const bytes = await parts.keys.open(message.topic, message.id, readSealed(message.data));
    return await take(parts, message, bytes, caller);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
};

const take = async (
  { commands, uploads }: InboundParts,
  { id, kind }: Message,
  bytes: Uint8Array,
  caller: Caller,
): Promise<Answer> => {
  // A message that comes again is the same command.
  const commandId = derivedEventId(GROUP, caller.clientId, kind, id);
  if (kind === 'hl7') return hl7Answer(await commands.execute(new ReceiveHl7(bytes, caller)));
  const value = jsonIn(bytes);
  if (kind === 'immunizations') {
    const body = (await new BodyPipe().transform(value, {
      type: 'body',
      metatype: EnterImmunizationsDto,
    })) as EnterImmunizationsDto;
    await commands.execute(new EnterImmunizations(commandId, body, caller));
    return { status: 'accepted' };
  }
  const { event, register } = (value ?? {}) as { readonly event?: unknown; readonly register?: unknown };
  const kindOfRow = event === 'death' || register === 'death' ? DEATHS : BIRTHS;
  const { rows } = await uploads.take(commandId, kindOfRow, rowsOfJson([value]), caller);
  const problems = rows[0]?.problems;
  return problems === undefined ? { status: 'accepted' } : { status: 'rejected', problems: [...problems] };
};

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new InvalidInput([{ path: '/', message: 'isJson' }]);
  }
};

/** What its ACKs say in one word. */
const hl7Answer = (acknowledgment: string): Answer => {
  const codes = [...acknowledgment.matchAll(/(?:^|\r)MSA\|(A[AER])\|/g)].map(([, code]) => code);
  if (codes.length > 0 && codes.every((code) => code === 'AA')) return { status: 'accepted', acknowledgment };
  return { status: codes.every((code) => code === 'AR') ? 'rejected' : 'errors', acknowledgment };
};

const rejected = (field: string, code: string): Answer => ({
  status: 'rejected',
  problems: [{ field, code }],
});

/** What is the message's own fault. Undefined: it is not. */
const refusalOf = (error: unknown): Answer | undefined => {
  if (error instanceof InvalidInput)
    return {
      status: 'rejected',
      problems: error.errors.map(({ path, message }) => ({ field: path, code: message })),
    };
  if (error instanceof NotSealedForRegistry) return rejected('', 'not-sealed-for-registry');
  if (error instanceof NameReused) return rejected('', 'id-used-for-another');
  if (error instanceof Error && 'code' in error && error.code === 'CONTRACT.VIOLATION')
    return rejected('', 'not-as-the-contract-says');
  return undefined;
};
