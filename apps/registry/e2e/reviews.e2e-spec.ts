import { randomUUID } from 'node:crypto';
import { filesHolding } from './data-files.js';
import { Facts, kindOf } from './facts.js';
import { apply } from './help-desk.js';
import { eventually, RegistryProcess, temporaryFolder } from './registry-process.js';
import { STORES, type StoreUnderTest } from './stores.js';
import { acknowledgedAs, vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const HELP_DESK = 'demo-help-desk';

let persons = 0;

/** A child as Lakeside knows it, and as Prairie sends it: the same birth date and last name, a first name that could be its own, nothing more. */
const newChild = () => {
  persons += 1;
  const tag = `${String.fromCharCode(64 + persons)}${randomUUID()
    .replace(/[^a-f]/g, '')
    .slice(0, 6)}`;
  const common = {
    family: `Review${tag}`,
    birthDate: `2019-0${(persons % 9) + 1}-1${persons % 9}`,
    administeredOn: '2022-05-05',
  };
  const lakeside: VxuValues = {
    ...common,
    given: 'William',
    controlId: `RL-${tag}`,
    facility: 'LAKE',
    mrn: `L${tag}`,
    orderNumber: `LO-${tag}`,
    lot: `LAKELOT${tag}`,
    street: `${persons} Review Road`,
  };
  const prairie: VxuValues = {
    ...common,
    given: 'Bill',
    administeredOn: '2023-06-06',
    controlId: `RP-${tag}`,
    facility: 'PRAIRIE',
    mrn: `P${tag}`,
    orderNumber: `PO-${tag}`,
    lot: `PRAIRIELOT${tag}`,
  };
  return { lakeside, prairie };
};

describe.each(STORES)('A possible match, on $name', ({ available, make }: StoreUnderTest) => {
  const when = available ? it : it.skip;
  const folder = temporaryFolder();
  let stored: Awaited<ReturnType<StoreUnderTest['make']>>;
  let registry: RegistryProcess;
  let facts: Facts;

  beforeAll(async () => {
    if (!available) return;
    stored = await make();
    registry = await RegistryProcess.start({ DATA_DIR: folder.path, ...stored.environment });
    facts = await Facts.open(folder.path, stored.environment);
  });

  afterAll(async () => {
    if (!available) return;
    await facts.close();
    await registry.stop();
    await stored.remove();
    folder.remove();
  });

  const submit = async (as: string, message: VxuValues): Promise<void> => {
    const { body } = await registry.request('POST', '/hl7', { as, hl7: vxu(message) });
    expect(acknowledgedAs(body, message.controlId)).toBe('AA');
  };
  const lotsSeen = async (as: string, { facility, mrn }: VxuValues): Promise<string[]> => {
    const answer = await registry.request('POST', '/persons/search', {
      as,
      purpose: 'treatment',
      json: { identifier: { authority: facility, value: mrn } },
    });
    // Just parted: the record is not folded anew yet.
    if (answer.status === 503) return ['not yet'];
    if (answer.status !== 200) throw new Error(`Search answered ${answer.status}`);
    const { persons: found } = answer.json() as { persons: { doses: { lot: string }[] }[] };
    return found.flatMap(({ doses }) => doses.map(({ lot }) => lot)).sort();
  };
  const sees = (as: string, by: VxuValues, ...lots: string[]) =>
    eventually(
      () => lotsSeen(as, by),
      (seen) => JSON.stringify(seen) === JSON.stringify([...lots].sort()),
    );
  const post = async <T>(path: string, json: unknown = {}): Promise<T> => {
    const answer = await registry.request('POST', path, { as: HELP_DESK, json });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status} ${answer.body}`);
    return answer.json() as T;
  };
  interface Sides {
    readonly kind: string;
    readonly status: string;
    readonly sides: {
      readonly person: { names: { family: string; given: string }[] } | null;
      readonly candidates: ({ names: { family: string; given: string }[] } | null)[];
    };
  }
  const openReviews = async (): Promise<{ reviewId: string; kind: string; dueAt: string }[]> => {
    const answer = await registry.request('GET', '/reviews', { as: HELP_DESK });
    return (answer.json() as { reviews: { reviewId: string; kind: string; dueAt: string }[] }).reviews;
  };
  /** The open review about this family. */
  const reviewOf = async ({ family }: VxuValues): Promise<Sides & { reviewId: string }> => {
    const found = await eventually(
      async () => {
        for (const { reviewId } of await openReviews()) {
          const shown = await post<Sides>(`/reviews/${reviewId}/open`);
          const names = shown.sides.candidates.flatMap((side) => side?.names ?? []);
          if (names.some((name) => name.family === family)) return { reviewId, ...shown };
        }
        return undefined;
      },
      (review) => review !== undefined,
    );
    if (found === undefined) throw new Error('No review');
    return found;
  };

  when('that is the same becomes one record, and two again when that was wrong', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await submit(PRAIRIE, prairie);
    // Provisional: a person of its own, readable under the ordinary rules.
    await sees(PRAIRIE, prairie, prairie.lot);
    await sees(LAKESIDE, lakeside, lakeside.lot);

    const review = await reviewOf(lakeside);
    expect(review.kind).toBe('provisional');
    expect(review.sides.person?.names).toMatchObject([{ family: prairie.family, given: 'Bill' }]);
    expect(review.sides.candidates).toMatchObject([{ names: [{ given: 'William' }] }]);
    expect(JSON.stringify(review)).not.toContain(lakeside.lot);

    const decision = { decision: 'same', candidate: 0 };
    expect(await post(`/reviews/${review.reviewId}/decide`, decision)).toMatchObject({ status: 'merged' });
    for (const [as, by] of [
      [LAKESIDE, lakeside],
      [PRAIRIE, prairie],
    ] as const)
      await sees(as, by, lakeside.lot, prairie.lot);
    // Decided once: the same again changes nothing, another decision is refused; nothing is shown any more.
    expect(await post(`/reviews/${review.reviewId}/decide`, decision)).toMatchObject({ status: 'merged' });
    for (const [path, json] of [
      ['decide', { decision: 'different' }],
      ['open', {}],
    ] as const) {
      const answer = await registry.request('POST', `/reviews/${review.reviewId}/${path}`, {
        as: HELP_DESK,
        json,
      });
      expect(answer.status).toBe(409);
    }

    // Linked while merged: one names Prairie's number, one nobody's.
    const meanwhile = {
      ...prairie,
      controlId: `${prairie.controlId}-2`,
      orderNumber: `${prairie.orderNumber}-2`,
      administeredOn: '2024-01-01',
      lot: `${prairie.lot}M`,
    };
    await submit(PRAIRIE, meanwhile);
    await sees(LAKESIDE, lakeside, lakeside.lot, prairie.lot, meanwhile.lot);

    expect(await post(`/reviews/${review.reviewId}/undo`, { reason: 'wrong-person' })).toMatchObject({
      status: 'unmerged',
    });
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await sees(PRAIRIE, prairie, prairie.lot, meanwhile.lot);
  });

  when('that is different ends, and later submissions find each their own', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await submit(PRAIRIE, prairie);
    const { reviewId } = await reviewOf(lakeside);
    expect(await post(`/reviews/${reviewId}/decide`, { decision: 'different' })).toMatchObject({
      status: 'different',
    });
    const later = {
      ...lakeside,
      given: 'William',
      controlId: `${lakeside.controlId}-2`,
      orderNumber: `${lakeside.orderNumber}-2`,
      administeredOn: '2024-02-02',
      lot: `${lakeside.lot}B`,
      mrn: `${lakeside.mrn}X`,
      facility: 'LAKE2',
    };
    // No number in common: by last name and address, and nobody asks again whether it is the other.
    await submit(LAKESIDE, later);
    await sees(LAKESIDE, lakeside, lakeside.lot, later.lot);
    await sees(PRAIRIE, prairie, prairie.lot);
  });

  when('with somebody locked is read by its submitter alone until somebody has looked', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, lakeside);
    const fromLakeside = { ...prairie, facility: 'LAKE3', mrn: `Q${lakeside.mrn}` };
    await submit(LAKESIDE, fromLakeside);
    await sees(LAKESIDE, fromLakeside, fromLakeside.lot);
    // Prairie comes to serve the provisional person, too: by a submission with the same number.
    const fromPrairie = {
      ...fromLakeside,
      controlId: `${prairie.controlId}-P`,
      administeredOn: '2023-07-07',
      lot: `${prairie.lot}P`,
      orderNumber: `${prairie.orderNumber}-P`,
    };
    await submit(PRAIRIE, fromPrairie);
    await sees(LAKESIDE, fromLakeside, fromLakeside.lot, fromPrairie.lot);
    expect(await lotsSeen(PRAIRIE, fromPrairie)).toEqual([]);
    const { reviewId } = await reviewOf(lakeside);
    await post(`/reviews/${reviewId}/decide`, { decision: 'different' });
    await sees(PRAIRIE, fromPrairie, fromLakeside.lot, fromPrairie.lot);
  });

  when('with somebody who opted out is held: if it is the same it is destroyed', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await apply(registry, { change: 'opt-out' }, lakeside);
    await submit(PRAIRIE, prairie);
    const more = {
      ...prairie,
      controlId: `${prairie.controlId}-2`,
      orderNumber: `${prairie.orderNumber}-2`,
      administeredOn: '2024-03-03',
      lot: `${prairie.lot}Z`,
    };
    await submit(PRAIRIE, more);
    const review = await reviewOf(lakeside);
    expect(review.kind).toBe('held');
    expect(await lotsSeen(PRAIRIE, prairie)).toEqual([]);
    for (const { lot } of [prairie, more]) expect(filesHolding(folder.path, lot)).toEqual([]);

    await post(`/reviews/${review.reviewId}/decide`, { decision: 'same', candidate: 0 });
    const destroyed = await eventually(
      async () => (await facts.all()).filter((event) => kindOf(event) === 'submission:ContentDestroyed'),
      (events) => events.length >= 2,
    );
    // What is left opens no more: there is no key.
    for (const { stream } of destroyed.slice(-2)) {
      const [received] = await facts.stream(stream);
      expect(received?.type).toBe('SubmissionReceived');
    }
    for (const { lot, mrn } of [prairie, more])
      for (const word of [lot, mrn]) expect(filesHolding(folder.path, word)).toEqual([]);
    // After an opt-in: what was held before the opt-out, and nothing of this.
    await apply(registry, { change: 'opt-in' }, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
  });

  when('with somebody who opted out is held: if it is another it is released', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await apply(registry, { change: 'opt-out' }, lakeside);
    // Only the birth date and the first name are alike: no ordinary candidate, but enough to hold it.
    const alike = { ...prairie, given: 'William', family: `Other${prairie.family}` };
    await submit(PRAIRIE, alike);
    const review = await reviewOf(lakeside);
    expect(review.kind).toBe('held');
    expect(await lotsSeen(PRAIRIE, alike)).toEqual([]);
    await post(`/reviews/${review.reviewId}/decide`, { decision: 'different' });
    await sees(PRAIRIE, alike, alike.lot);
  });

  when('is held when the other opts out afterwards', async () => {
    const { lakeside, prairie } = newChild();
    await submit(LAKESIDE, lakeside);
    await sees(LAKESIDE, lakeside, lakeside.lot);
    await submit(PRAIRIE, prairie);
    await sees(PRAIRIE, prairie, prairie.lot);
    await apply(registry, { change: 'opt-out' }, { ...lakeside, given: 'William' });
    await sees(PRAIRIE, prairie);
    await eventually(
      async () => (await reviewOf(lakeside)).kind,
      (kind) => kind === 'held',
    );
  });

  when('says nothing of itself to others than staff', async () => {
    for (const as of [LAKESIDE, 'demo-auditor', 'demo-administrator'])
      expect((await registry.request('GET', '/reviews', { as })).status).toBe(403);
    const unknown = `/reviews/${randomUUID()}`;
    expect((await registry.request('GET', unknown, { as: HELP_DESK })).status).toBe(404);
    const list = await registry.request('GET', '/reviews?overdue=true', { as: HELP_DESK });
    expect(list.json()).toEqual({ reviews: [] });
    for (const review of await openReviews())
      expect(Object.keys(review).sort()).toEqual(['dueAt', 'kind', 'openedAt', 'reviewId', 'status']);
  });
});
