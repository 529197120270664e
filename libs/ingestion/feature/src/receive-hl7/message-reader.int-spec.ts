import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMessage } from '@registry/hl7v2';
import type { Logger } from '@registry/observability';
import { MessageReader } from './message-reader.js';
import { readMessage, type MessageToRead } from './read-message.js';

/** Threads run compiled JavaScript only. */
const COMPILED = join(__dirname, '../../dist/receive-hl7/read-message-worker.js');

const messageOf = (bytes: Uint8Array, number: number): MessageToRead => {
  const { text, problems } = decodeMessage(bytes);
  return {
    text,
    decoding: problems,
    sender: { organizationId: 'lakeside', processingIds: ['P', 'T', 'D'] },
    envelope: { controlId: `ack-${number}`, sentAt: '2026-03-01T12:00:00.000Z' },
  };
};

const VXU = [
  'MSH|^~\\&|EHR|LAKESIDE|MIIC|MN|20260301||VXU^V04^VXU_V04|C1|P|2.5.1',
  'PID|1||MRN1^^^LAKESIDE^MR||Ørsted^Nora||20200101|F',
  'ORC|RE||O1^EHR',
  'RXA|0|1|20260201||20^DTaP^CVX|0.5|mL||00^^NIP001||||||LOT1||PMC|||CP',
].join('\r');
const MESSAGES = [
  ...Array.from({ length: 200 }, (_, number) => VXU.replace('C1', `C${number}`)),
  '',
  'MSH',
  'no message at all',
  VXU.replace('20200101', 'never'),
  VXU.replace('|P|2.5.1', '|X|1.0'),
].map((text, number) => messageOf(Buffer.from(text), number));

describe('The thread that reads messages', () => {
  const warn = jest.fn();
  const logger: Logger = { info: jest.fn(), warn, error: jest.fn() };
  let reader: MessageReader;

  beforeEach(() => {
    warn.mockClear();
    reader = new MessageReader(logger, COMPILED);
  });
  afterEach(() => reader.onApplicationShutdown());

  const onThread = async (): Promise<void> => {
    await reader.read(MESSAGES[0] as MessageToRead);
    await reader.started();
  };

  it('reads what is read without one, in the order asked', async () => {
    await onThread();
    const order: number[] = [];
    const read = await Promise.all(
      MESSAGES.map(async (message, number) => {
        const outcome = await reader.read(message);
        order.push(number);
        return outcome;
      }),
    );
    expect(read).toStrictEqual(MESSAGES.map(readMessage));
    expect(order).toStrictEqual(MESSAGES.map((_, number) => number));
    expect(new Set(read.map(({ outcome }) => outcome)).size).toBe(2);
  });

  it('leaves nobody without an answer when it ends, and is replaced', async () => {
    await onThread();
    const reading = MESSAGES.map((message) => reader.read(message));
    reader.terminate();
    expect(await Promise.all(reading)).toStrictEqual(MESSAGES.map(readMessage));
    await onThread();
    expect(await Promise.all(MESSAGES.map((message) => reader.read(message)))).toStrictEqual(
      MESSAGES.map(readMessage),
    );
  });

  it('is done without where there is none', async () => {
    const without = new MessageReader(logger, join(__dirname, 'absent.js'));
    expect(await without.read(MESSAGES[0] as MessageToRead)).toStrictEqual(
      readMessage(MESSAGES[0] as MessageToRead),
    );
    await without.onApplicationShutdown();
    expect(warn).not.toHaveBeenCalled();
  });

  it('is done without where it cannot start, which is told once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'message-reader-'));
    const script = join(folder, 'broken.js');
    writeFileSync(script, 'require("./missing")');
    const without = new MessageReader(logger, script);
    for (const message of MESSAGES) {
      expect(await without.read(message)).toStrictEqual(readMessage(message));
      await without.started();
    }
    await without.onApplicationShutdown();
    expect(warn.mock.calls).toStrictEqual([['ingestion.reader-not-started', { code: 'MODULE_NOT_FOUND' }]]);
    rmSync(folder, { recursive: true });
  });
});
