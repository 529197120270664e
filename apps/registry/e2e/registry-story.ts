import { realVxu } from './real-messages.js';
import { decided, eventually, type Answer, type RunningRegistry } from './registry-process.js';

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const HELP_DESK = 'demo-help-desk';
const SECOND_STAFF = 'demo-help-desk-2';
const AUDITOR = 'demo-auditor';

/** The person of the message. */
const DARYL = { family: 'Johnson', given: 'Daryl', birthDate: '2013-12-03' };

interface Person {
  readonly id: string;
  readonly name: { readonly family: string };
  readonly doses: readonly { readonly date: string; readonly lot?: string }[];
}

/** From a real VXU to the replayed history, on whatever `start` starts. */
export const describeStory = (
  name: string,
  start: () => Promise<{ readonly registry: RunningRegistry; readonly remove: () => Promise<void> }>,
): void =>
  describe(`From a real VXU to the replayed history, on ${name}`, () => {
    let registry: RunningRegistry;
    let remove: () => Promise<void>;

    beforeAll(async () => {
      ({ registry, remove } = await start());
    });

    afterAll(async () => {
      await registry.stop();
      await remove();
    });

    const read = (id: string): Promise<Answer> =>
      decided(() => registry.request('GET', `/persons/${id}`, { as: LAKESIDE, purpose: 'treatment' }));
    const search = (): Promise<Answer> =>
      decided(() =>
        registry.request('POST', '/persons/search', {
          as: LAKESIDE,
          purpose: 'treatment',
          json: { name: DARYL },
        }),
      );

    /** Submits, verifies and approves a request for Daryl; resolves with its id once it is applied. */
    const apply = async (change: Record<string, string>): Promise<string> => {
      const submitted = await registry.request('POST', '/privacy/requests', {
        as: HELP_DESK,
        json: { ...change, capacity: 'parent', person: DARYL },
      });
      expect(submitted.status).toBe(201);
      const { requestId } = submitted.json() as { requestId: string };
      const verified = await registry.request('POST', `/privacy/requests/${requestId}/verify`, {
        as: HELP_DESK,
        json: { evidence: 'photo-id' },
      });
      expect(verified.json()).toMatchObject({ requestId, status: 'verified' });
      const approved = await registry.request('POST', `/privacy/requests/${requestId}/approve`, {
        as: SECOND_STAFF,
      });
      expect(approved.json()).toMatchObject({ requestId, status: 'applied' });
      return requestId;
    };

    it('goes from submission over a lock to the history', async () => {
      // A real VXU …
      const ack = await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: realVxu('vxu-057.hl7') });
      expect(ack.status).toBe(200);
      expect(ack.body).toMatch(/\rMSA\|A[AE]\|/);

      // … becomes a record that its clinic reads, found by name and then by its own id.
      const found = await eventually(
        search,
        (answer) => (answer.json() as { persons: unknown[] }).persons.length === 1,
      );
      const [person] = (found.json() as { persons: Person[] }).persons;
      const id = person?.id ?? '';
      expect(person?.name.family).toBe('Johnson');
      const permitted = await read(id);
      expect(permitted.status).toBe(200);
      expect((permitted.json() as Person).doses.length).toBeGreaterThan(0);

      // Nobody else's id, and no id at all, opens it.
      const absent = await read('7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11');
      expect(absent.status).toBe(404);
      const elsewhere = await registry.request('GET', `/persons/${id}`, {
        as: 'demo-prairie-clinic',
        purpose: 'treatment',
      });
      expect(elsewhere).toEqual({ ...absent, json: expect.any(Function) as unknown });

      // Locked to another clinic: the same read answers exactly as for an absent person.
      const lock = await apply({ change: 'lock', holder: PRAIRIE_ID });
      expect(await read(id)).toEqual({ ...absent, json: expect.any(Function) as unknown });
      expect((await search()).json()).toEqual({ persons: [] });

      // Unlocked: it reads again.
      await apply({ change: 'unlock' });
      const again = await eventually(
        () => read(id),
        (answer) => answer.status === 200,
      );
      expect(again.json()).toEqual(permitted.json());

      // The history shows all of it, under a pseudonym and without names or doses.
      const audited = await registry.request('GET', `/audit/requests/${lock}`, { as: AUDITOR });
      const { pseudonym } = audited.json() as { pseudonym: string };
      const typesOf = (answer: Answer): string[] =>
        (answer.json() as { entries: { type: string }[] }).entries.map(({ type }) => type);
      // The message's own PD1-11 is a signal, which has its effect beside all this, in its own time.
      const history = await eventually(
        () => registry.request('GET', `/audit/persons/${pseudonym}/history`, { as: AUDITOR }),
        (answer) => typesOf(answer).includes('MessagesStopped'),
      );
      const types = typesOf(history);
      const { state } = history.json() as { state: unknown };
      expect(types.filter((type) => type !== 'MessagesStopped')).toEqual([
        'PrivacyOpened',
        'RecordDisclosed',
        'RecordDisclosed',
        'RecordLocked',
        'RecordUnlocked',
        'RecordDisclosed',
      ]);
      expect(state).toMatchObject({ status: 'opened', setting: { lock: { kind: 'none' }, optedOut: false } });
      expect(history.body).not.toMatch(/Johnson|Daryl|2013-12-03/i);
      expect(registry.printed).not.toMatch(/Johnson|Daryl|Bozeman/i);
    });

    it('suppresses what comes after an opt-out, and shows what was there before after an opt-in', async () => {
      await apply({ change: 'opt-out' });
      expect((await search()).json()).toEqual({ persons: [] });

      const later = realVxu('vxu-057.hl7').replace(
        /\|VXU\^V04\^VXU_V04\|[^|]*\|/,
        '|VXU^V04^VXU_V04|AFTER-OPT-OUT|',
      );
      const ack = await registry.request('POST', '/hl7', { as: LAKESIDE, hl7: later });
      expect(ack.body).toMatch(/\rMSA\|A[AE]\|AFTER-OPT-OUT/);

      await apply({ change: 'opt-in' });
      const found = await eventually(
        search,
        (answer) => (answer.json() as { persons: unknown[] }).persons.length === 1,
      );
      const [person] = (found.json() as { persons: Person[] }).persons;
      expect(person?.name.family).toBe('Johnson');
    });
  });
