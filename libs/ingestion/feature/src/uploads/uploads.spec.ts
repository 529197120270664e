import type { Caller } from '@registry/access';
import { createMemoryContentKeys, type KeyRing } from '@registry/content-keys';
import { createMemoryEventStore, type EventStore } from '@registry/event-store';
import { ConsumerRegistry } from '@registry/messaging';
import type { Logger } from '@registry/observability';
import { SubmissionTally } from '../quality/submission-tally.js';
import { SubmissionIntake } from '../intake/submission-intake.js';
import type { SentRow } from './rows.js';
import type { UploadKind } from './upload-kind.js';
import { Uploads } from './uploads.js';

const UPLOAD = '00000000-0000-4000-8000-000000000001';
const caller: Caller = {
  clientId: 'client',
  organizationId: 'organization',
  roles: ['roster'],
  processingIds: ['P'],
};

/** Takes numbers; a negative one is wrong. */
const numbers: UploadKind = {
  kind: 'roster',
  read: (value) =>
    Number(value) < 0
      ? { problems: [{ field: 'value', code: 'negative' }] }
      : {
          name: String(value),
          content: {
            contentVersion: 1,
            kind: 'roster',
            raw: String(value),
            demographics: {
              identifiers: [],
              names: [{ family: 'Olson', given: 'Nora' }],
              birthDate: '2024-03-05',
              addresses: [],
              phones: [],
              guardians: [],
            },
            doses: [],
            indications: [],
          },
        },
};

async function* rows(...values: number[]): AsyncIterable<SentRow> {
  for (const [index, value] of values.entries()) yield { row: index + 1, value };
}

const silent = { warn: () => undefined } as unknown as Logger;

const keyRing = {
  current: () => ({ version: 1, key: Buffer.alloc(32, 1) }),
} as unknown as KeyRing;

describe('Uploads', () => {
  let store: EventStore;
  let uploads: Uploads;

  beforeEach(() => {
    store = createMemoryEventStore();
    const clock = { now: () => new Date('2026-11-24T12:00:00Z') };
    uploads = new Uploads(
      store,
      clock,
      new SubmissionIntake(store, createMemoryContentKeys(), keyRing),
      new SubmissionTally(store, clock, silent),
      new ConsumerRegistry(),
    );
  });

  const submissions = async () =>
    (await store.readAll({ categories: ['submission'], limit: 10_000 })).events.length;

  const results = async (organizationId = 'organization') => {
    const found = [];
    for await (const result of uploads.resultsOf(UPLOAD, organizationId)) found.push(result);
    return found;
  };

  it('keep what is right and say of each row what became of it', async () => {
    const answer = await uploads.take(UPLOAD, numbers, rows(1, -2, 3), caller);
    expect(answer).toEqual({
      uploadId: UPLOAD,
      accepted: 2,
      rejected: 1,
      results: `/uploads/${UPLOAD}/results`,
      rows: [
        { row: 1, status: 'accepted' },
        { row: 2, status: 'rejected', problems: [{ field: 'value', code: 'negative' }] },
        { row: 3, status: 'accepted' },
      ],
    });
    expect(await submissions()).toBe(2);
    expect(await results()).toEqual(answer.rows);
  });

  it('show their results to their own organization alone', async () => {
    await uploads.take(UPLOAD, numbers, rows(1), caller);
    expect(await results('another')).toEqual([]);
    expect([await uploads.has(UPLOAD, 'organization'), await uploads.has(UPLOAD, 'another')]).toEqual([
      true,
      false,
    ]);
  });

  it('may come again, and go on where a broken one ended', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => index);
    const broken = async function* (): AsyncIterable<SentRow> {
      for (const [index, value] of many.slice(0, 700).entries()) yield { row: index + 1, value };
      throw new Error('The connection is gone');
    };
    await expect(uploads.take(UPLOAD, numbers, broken(), caller)).rejects.toThrow();
    expect((await results()).length).toBe(500);
    const whole = await uploads.take(UPLOAD, numbers, rows(...many), caller);
    const again = await uploads.take(UPLOAD, numbers, rows(...many), caller);
    expect(again).toEqual(whole);
    expect([whole.accepted, whole.rejected, whole.rows.length]).toEqual([1_200, 0, 1_000]);
    expect((await results()).map(({ row }) => row)).toEqual(many.map((index) => index + 1));
    expect(await submissions()).toBe(1_200);
  });

  it('are nothing when they are empty', async () => {
    expect(await uploads.take(UPLOAD, numbers, rows(), caller)).toMatchObject({
      accepted: 0,
      rejected: 0,
      rows: [],
    });
  });
});
