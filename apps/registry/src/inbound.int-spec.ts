import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InboundAnswered } from '@registry/contracts';
import { DirectorySetup } from '@registry/directory-feature';
import { EVENT_STORE, type EventStore } from '@registry/event-store';
import {
  createMemoryExchange,
  sealForRegistry,
  type MemoryExchange,
  type PublicKey,
} from '@registry/exchange';
import { createHttpApp } from '@registry/http';
import { createLogger } from '@registry/observability';
import { ConsumerRegistry } from '@registry/messaging';
import { readConfiguration } from '@registry/runtime';
import { vxu } from '../e2e/vxu-messages.js';
import { RegistryModule } from './registry.module.js';

const VALUES = {
  controlId: 'IN-1',
  facility: 'LAKE',
  mrn: '77',
  family: 'Inboundson',
  given: 'Nora',
  birthDate: '2020-02-02',
  orderNumber: 'O-1',
  administeredOn: '2021-02-02',
  lot: 'LOT77',
};
const BIRTH = {
  event: 'birth',
  fileNumber: '2026-1',
  issuedAt: '2026-02-02T12:00:00Z',
  family: 'Inboundson',
  given: 'Mai',
  birthDate: '2026-02-01',
  sex: 'F',
  motherFamily: 'Inboundson',
  motherGiven: 'Pa',
  motherMaidenFamily: 'Xiong',
};
const ENTRY = {
  patient: { family: 'Inboundson', given: 'Nils', birthDate: '2020-03-03' },
  doses: [{ date: '2021-03-03', cvx: '20', source: 'administered', lot: 'LOT78' }],
};

const clinic = 'd0000000-0000-4000-8000-000000000011';
const office = 'd0000000-0000-4000-8000-000000000019';

jest.setTimeout(30_000);

describe('What upstream publishes on topics of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-inbound-'));
  let app: NestFastifyApplication;
  let exchange: MemoryExchange;
  let key: PublicKey;
  let messages = 0;

  beforeAll(async () => {
    exchange = createMemoryExchange();
    const logger = createLogger('silent');
    const configuration = readConfiguration({ DATA_DIR: folder, LOG_LEVEL: 'silent' });
    app = await createHttpApp(RegistryModule.forRoot({ configuration, logger, exchange }), logger);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await app.get(DirectorySetup).demonstration();
    const answer = await app.inject({ method: 'GET', url: '/inbound-keys' });
    [key] = answer.json<{ keys: [PublicKey] }>().keys;
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const publish = async (clientId: string, kind: string, data: unknown, id = `m${(messages += 1)}`) => {
    const topic = `inbound.${clientId}.${kind}.v1`;
    await exchange.publish(topic, [{ id, type: 'Submitted', time: '2026-11-01T00:00:00Z', key: id, data }]);
    return id;
  };
  const seal = async (clientId: string, kind: string, plaintext: string, id = `m${(messages += 1)}`) =>
    publish(clientId, kind, await sealForRegistry(key, `inbound.${clientId}.${kind}.v1`, id, plaintext), id);

  const answersTo = async (clientId: string, id: string, count = 1): Promise<InboundAnswered[]> => {
    const found = () =>
      exchange.published
        .filter(({ topic, key: of }) => topic === `acknowledgments.${clientId}.v1` && of === id)
        .map(({ data }) => data as InboundAnswered);
    const deadline = performance.now() + 10_000;
    while (found().length < count && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5));
    return found();
  };
  const submissions = async (): Promise<number> =>
    (await app.get<EventStore>(EVENT_STORE).readAll({ categories: ['submission'], limit: 500 })).events
      .length;

  it('is taken as over HTTP, and answered on the topic of its sender', async () => {
    const ids = [
      await seal(clinic, 'hl7', vxu(VALUES)),
      await seal(clinic, 'immunizations', JSON.stringify(ENTRY)),
      await seal(office, 'births', JSON.stringify(BIRTH)),
    ] as const;
    const [[hl7], [entry], [birth]] = await Promise.all([
      answersTo(clinic, ids[0]),
      answersTo(clinic, ids[1]),
      answersTo(office, ids[2]),
    ]);
    expect(hl7).toMatchObject({ messageId: ids[0], status: 'accepted' });
    expect(hl7?.acknowledgment).toMatch(/\rMSA\|AA\|IN-1/);
    expect(entry).toEqual({ messageId: ids[1], status: 'accepted' });
    expect(birth).toEqual({ messageId: ids[2], status: 'accepted' });
    expect(await submissions()).toBe(3);
    const shown = JSON.stringify(exchange.published);
    expect(shown).not.toMatch(/Inboundson|LOT77|LOT78|Xiong/);
  });

  it('is stored once, though it comes again, and answered again with the same id', async () => {
    const before = await submissions();
    const id = await seal(
      clinic,
      'immunizations',
      JSON.stringify({ ...ENTRY, doses: [{ ...ENTRY.doses[0], lot: 'L2' }] }),
    );
    await answersTo(clinic, id);
    const [message] = exchange.published.filter(({ id: of }) => of === id);
    await publish(clinic, 'immunizations', message?.data, id);
    const answers = await answersTo(clinic, id, 2);
    expect(answers[1]).toEqual(answers[0]);
    expect(await submissions()).toBe(before + 1);
    const ids = exchange.published
      .filter(({ key: of, topic }) => of === id && topic.startsWith('ack'))
      .map((each) => each.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused with a reason where it cannot be taken, and nothing of it is kept', async () => {
    const before = await submissions();
    const sealed = await sealForRegistry(key, `inbound.${clinic}.hl7.v1`, 'other', 'MSH');
    const cases = [
      [clinic, await publish(clinic, 'hl7', sealed), [{ field: '', code: 'not-sealed-for-registry' }]],
      [
        clinic,
        await publish(clinic, 'hl7', { ...sealed, keyId: 'inbound-v9' }),
        [{ field: '', code: 'not-sealed-for-registry' }],
      ],
      [clinic, await publish(clinic, 'hl7', 'MSH|^~\\&'), [{ field: '', code: 'not-as-the-contract-says' }]],
      [clinic, await publish(clinic, 'hl7', undefined), [{ field: '', code: 'not-as-the-contract-says' }]],
      [
        clinic,
        await seal(clinic, 'births', JSON.stringify(BIRTH)),
        [{ field: '', code: 'client-not-entitled' }],
      ],
      [office, await seal(office, 'births', '{'), [{ field: '/', code: 'isJson' }]],
      [
        office,
        await seal(office, 'births', JSON.stringify({ ...BIRTH, birthDate: '2026-02-30' })),
        [{ field: 'birthDate', code: 'not-a-date' }],
      ],
      [
        clinic,
        await seal(clinic, 'immunizations', JSON.stringify({ ...ENTRY, doses: [] })),
        [{ field: '/doses', code: 'arrayNotEmpty' }],
      ],
    ] as const;
    for (const [clientId, id, problems] of cases) {
      const [answer] = await answersTo(clientId, id);
      expect(answer).toEqual({ messageId: id, status: 'rejected', problems });
    }
    const nobody = '7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11';
    const [unknown] = await answersTo(nobody, await seal(nobody, 'hl7', vxu(VALUES)));
    expect(unknown?.problems).toEqual([{ field: '', code: 'client-not-entitled' }]);
    const [partly] = await answersTo(clinic, await seal(clinic, 'hl7', 'MSH|^~\\&|nothing'));
    expect(partly?.status).toBe('rejected');
    expect(await submissions()).toBe(before);
    expect(await app.get(ConsumerRegistry).deadLetters()).toEqual([]);
  });
});
