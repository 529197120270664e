/**
 * `npm run demo`: the registry explains itself. Starts it on an empty folder, sends it real input, and goes through what a person may choose,
 * step by step, with what each means. Takes less than a minute and leaves nothing behind.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, isStale } from './build.mjs';
import { destroyedIn, filesHolding } from './demo/folder.mjs';
import { narratorOf } from './demo/narrator.mjs';
import * as people from './demo/people.mjs';
import { clientOf, eventually } from './demo/registry-client.mjs';
import { startRegistry } from './running-registry.mjs';

const ROOT = join(import.meta.dirname, '..');
/** Real-world messages of public test suites, where they are at hand. */
const REAL_MESSAGES = join(process.env.SHARED_DATA ?? join(ROOT, '../shared/data'), 'hl7/vxu');

const { lakeside, prairie } = people.ORGANIZATIONS;
const { nora, HELP_DESK, SECOND_STAFF } = people;
const noraAtHome = { ...nora, street: '1 Elm Street', zip: '55802' };

export const demo = async ({ write } = {}) => {
  const tell = narratorOf(write);
  if (isStale()) {
    tell.line('Building, because sources have changed …');
    if (build() !== 0) throw new Error('The build failed');
  }
  const registry = await startRegistry();
  try {
    const story = storyOf(registry, tell);
    tell.line();
    tell.line(
      `A registry of its own listens on ${registry.url}, on an empty folder. Nobody in this story is real.`,
    );
    await story.births();
    await story.realMessages();
    await story.firstDose();
    await story.lock();
    await story.relock();
    await story.optOut();
    await story.optIn();
    await story.mergeAndUnmerge();
    await story.history();
    tell.line();
    tell.line(
      `That was all, in ${tell.seconds()} s. Try it yourself: README.md, "Try it". The rules: docs/privacy.md.`,
    );
  } finally {
    await registry.stop();
  }
};

const storyOf = (registry, tell) => {
  const client = clientOf(registry.url);
  const { send, mustBe, hl7, search, change } = client;
  const person = (who) => ({ person: { family: who.family, given: who.given, birthDate: who.birthDate } });
  /** Undefined: answered as if there were no such person. */
  const recordOf = async (clinic, who = nora) =>
    mustBe(200, await search(clinic.key, who), 'Search').json().persons[0];
  const recordWhen = (clinic, satisfies, what) =>
    eventually(
      async () => {
        const answer = await search(clinic.key, nora);
        // Just parted from another: the record is not folded anew yet.
        return answer.status === 503 ? undefined : mustBe(200, answer, 'Search').json().persons[0];
      },
      (found) => found !== undefined && satisfies(found),
      what,
    );
  const anything = () => true;
  const dosesIn = ({ doses }) =>
    doses.map(({ date, codes, lot }) => `${date} ${codes[0]?.text ?? codes[0]?.value} (lot ${lot})`);
  let lastRequest;

  /** A request by the parents; `second` approves where one alone may not. */
  const ask = async (body, { approver = HELP_DESK } = {}) => {
    const { requestId, approved } = await change({ desk: HELP_DESK, approver, body, person: person(nora) });
    lastRequest = requestId;
    return { requestId, status: approved.status === 200 ? approved.json().status : String(approved.status) };
  };
  const whoSees = async () => {
    for (const clinic of [lakeside, prairie]) {
      const permitted = (await recordOf(clinic)) !== undefined;
      tell.result(
        `${clinic.name} ${permitted ? 'reads her record' : 'is answered as if she did not exist'}`,
        permitted,
      );
    }
  };

  return {
    async births() {
      tell.chapter(
        'Births',
        'A record starts from a birth record of the Office of Vital Records, or from a clinic’s first submission. Each row of the file is answered.',
      );
      tell.act('Vital Records', 'sends three births as CSV; one has a date that no calendar has');
      const answer = mustBe(
        200,
        await send('POST', '/births', { as: people.VITAL_RECORDS, text: people.BIRTHS, type: 'text/csv' }),
        'Births',
      ).json();
      for (const row of answer.rows) {
        const why = (row.problems ?? []).map(({ field, code }) => `${field} ${code}`).join(', ');
        tell.result(
          `row ${row.row}: ${row.status}${why === '' ? '' : ` (${why})`}`,
          row.status === 'accepted',
        );
      }
    },

    async realMessages() {
      const files = existsSync(REAL_MESSAGES) ? readdirSync(REAL_MESSAGES).sort() : [];
      tell.chapter(
        'Real messages',
        files.length > 0
          ? 'VXU messages of public test suites, many of them defective on purpose. AA: all taken. AE: something is lost, and an ERR segment says where. AR: not to be processed.'
          : 'The public test messages are not at hand here, so messages of our own stand in.',
      );
      const messages =
        files.length > 0
          ? files.map((file) => readFileSync(join(REAL_MESSAGES, file), 'utf8'))
          : [
              people.vxu(
                prairie,
                { ...nora, given: 'Ida', birthDate: '2020-01-02' },
                { mrn: '9', date: '2020-03-02', cvx: '20', vaccine: 'DTaP', lot: 'OWN1' },
              ),
            ];
      const counts = {};
      let errors;
      for (const [index, message] of messages.entries()) {
        const { code, ack } = await hl7(prairie.key, message);
        counts[code] = (counts[code] ?? 0) + 1;
        if (code === 'AE') errors ??= ack.split('\r').filter((segment) => segment.startsWith('ERR'));
        tell.progress('messages', index + 1, messages.length);
      }
      tell.result(
        `answered ${Object.entries(counts)
          .sort()
          .map(([code, count]) => `${count} × ${code}`)
          .join(', ')}`,
      );
      if (errors !== undefined) {
        tell.line(
          'An ERR of theirs: segment, code and severity, in the protocol’s own form, without a value of the message:',
        );
        tell.line(errors[0]);
      }
    },

    async firstDose() {
      tell.chapter(
        'A dose, and a permitted read',
        'Whoever submits about a person serves that person: its own submission is its evidence for two years. Birth record and dose become one record.',
      );
      tell.act(lakeside.name, 'submits a DTaP dose for Nora Olson');
      const dose = { mrn: '1001', date: '2024-05-10', cvx: '20', vaccine: 'DTaP', lot: 'L123' };
      const { code } = await hl7(lakeside.key, people.vxu(lakeside, noraAtHome, dose));
      tell.result(`ACK ${code}: it is kept, durably`);
      tell.act(lakeside.name, 'searches her by name and birth date, for treatment');
      const found = await recordWhen(lakeside, ({ doses }) => doses.length === 1, 'the record');
      tell.result(`one person, with an id that only ${lakeside.name} knows: ${found.id}`);
      tell.line(
        `parents by the birth record: ${found.guardians.map(({ given, family }) => `${given} ${family}`).join(', ') || '–'}`,
      );
      for (const each of dosesIn(found)) tell.line(each);
      tell.act(prairie.name, 'asks for her as well, but has nothing to do with her');
      tell.result('is answered as if she did not exist', false);
      tell.act(prairie.name, 'then gives her a flu shot and submits it');
      await hl7(
        prairie.key,
        people.vxu(prairie, noraAtHome, {
          mrn: 'P77',
          date: '2024-10-01',
          cvx: '150',
          vaccine: 'Influenza',
          lot: 'P456',
        }),
      );
      const both = await recordWhen(prairie, ({ doses }) => doses.length === 2, 'the second dose');
      for (const each of dosesIn(both)) tell.line(each);
    },

    async lock() {
      tell.chapter(
        'A lock',
        'Her parents lock the record to Prairie Clinic. The help desk verifies who they are and approves. The answer "applied" means that it is in force everywhere: nothing that it forbids can still leave.',
      );
      const { status } = await ask({ change: 'lock', holder: prairie.id });
      tell.act('Help desk', `lock to ${prairie.name}: ${status}`);
      const refused = await search(lakeside.key, nora);
      const absent = await search(lakeside.key, {
        family: 'Nobody',
        given: 'At All',
        birthDate: '2024-03-05',
      });
      await whoSees();
      tell.result(
        `Lakeside’s answer and the answer about nobody at all are the same bytes: ${refused.body === absent.body && refused.status === absent.status}`,
      );
    },

    async relock() {
      tell.chapter(
        'A re-lock takes two',
        'To let others see again, one member of the staff is not enough: whoever verified may not approve. A re-lock drops the earlier holder in the same event.',
      );
      const alone = await ask({ change: 're-lock', holder: lakeside.id });
      tell.act('Help desk', `the same staff approves: ${alone.status}`);
      const second = await send('POST', `/privacy/requests/${alone.requestId}/approve`, { as: SECOND_STAFF });
      tell.act('A second of staff', `approves: ${second.json().status}`);
      await whoSees();
    },

    async optOut() {
      tell.chapter(
        'An opt-out, and what comes after it',
        'Nobody sees the record any more. Name and birth date are kept, sealed, so that nobody enrols her anew. A later dose is acknowledged like any other, and its content is destroyed.',
      );
      const { status } = await ask({ change: 'opt-out' });
      tell.act('Help desk', `opt out: ${status}`);
      await whoSees();
      const lot = 'SECRETLOT9';
      const dose = { mrn: '1001', date: '2026-10-20', cvx: '141', vaccine: 'Influenza', lot };
      const { code } = await hl7(lakeside.key, people.vxu(lakeside, noraAtHome, dose));
      tell.act(lakeside.name, `submits a dose with lot ${lot}: ACK ${code}`);
      await eventually(
        () => Promise.resolve(destroyedIn(registry.folder)),
        (count) => count > 0,
        'the destruction of the content',
      );
      const holding = filesHolding(registry.folder, lot);
      tell.result(
        `its key is destroyed; files of the registry that hold the lot number: ${holding.length}`,
        holding.length === 0,
      );
    },

    async optIn() {
      tell.chapter(
        'An opt-in',
        'The record is visible again, as it was: the lock from before stands. What was suppressed is gone; she alone hears from whom and in which month it came, to ask for it again.',
      );
      const { requestId, status } = await ask({ change: 'opt-in' }, { approver: SECOND_STAFF });
      tell.act('Two of staff', `opt in: ${status}`);
      const back = await recordWhen(lakeside, anything, 'the opt-in');
      await whoSees();
      for (const each of dosesIn(back)) tell.line(each);
      const access = mustBe(
        201,
        await send('POST', `/privacy/requests/${requestId}/access`, { as: HELP_DESK }),
        'Access',
      ).json();
      const own = async (path) => mustBe(200, await send('GET', path, { as: access.token }), path).json();
      const { suppressed } = await own('/me/suppressed');
      tell.act('Her parents', 'look at their own view');
      for (const { organization, month } of suppressed)
        tell.line(`suppressed: something from ${organization}, ${month}`);
      const { disclosures } = await own('/me/disclosures');
      tell.line(
        `who looked: ${disclosures.length} entries; the first by ${disclosures[0]?.organization} for ${disclosures[0]?.purpose}`,
      );
    },

    async mergeAndUnmerge() {
      tell.chapter(
        'Perhaps the same person',
        'Prairie registers a girl with her birth date and last name, and a first name that could be hers, without address or mother. The registry does not guess: she is a person of her own until somebody looks.',
      );
      const almost = { family: 'Olson', given: 'Eleanora', birthDate: nora.birthDate, sex: 'F' };
      const since = new Date().toISOString();
      tell.act(prairie.name, 'submits a dose for Eleanora Olson, from a site with numbers of its own');
      await hl7(
        prairie.key,
        people.vxu({ ...prairie, facility: 'PRAIRIE-EAST' }, almost, {
          mrn: 'P99',
          date: '2025-04-04',
          cvx: '03',
          vaccine: 'MMR',
          lot: 'M789',
        }),
      );
      const reviews = await eventually(
        async () => mustBe(200, await send('GET', '/reviews', { as: HELP_DESK }), 'Reviews').json().reviews,
        (list) => list.some(({ openedAt }) => openedAt >= since),
        'the review',
      );
      const of = reviews.length;
      const { reviewId } = reviews.find(({ openedAt }) => openedAt >= since);
      const { sides } = mustBe(
        200,
        await send('POST', `/reviews/${reviewId}/open`, { as: HELP_DESK }),
        'Review',
      ).json();
      tell.act(
        'Match review',
        `opens one of ${of} reviews: demographics side by side, never doses; the look is in the persons’ histories`,
      );
      const named = (side) => side.names.map(({ given, family }) => `${given} ${family}`).join(' / ');
      tell.line(`${named(sides.person)}   and   ${sides.candidates.map(named).join(', ')}`);
      const decide = await send('POST', `/reviews/${reviewId}/decide`, {
        as: HELP_DESK,
        json: { decision: 'same', candidate: 0 },
      });
      tell.act(
        'Match review',
        `the same: ${mustBe(200, decide, 'Decision').json().status}. Settings first, links after: the stricter setting holds for both`,
      );
      const merged = await recordWhen(lakeside, ({ doses }) => doses.length === 3, 'the merge');
      for (const each of dosesIn(merged)) tell.line(each);
      tell.act('Match review', 'was wrong, and takes it back: links first, settings last');
      mustBe(
        200,
        await send('POST', `/reviews/${reviewId}/undo`, { as: HELP_DESK, json: { reason: 'wrong-person' } }),
        'Undo',
      );
      const apart = await recordWhen(lakeside, ({ doses }) => doses.length === 2, 'the un-merge');
      for (const each of dosesIn(apart)) tell.line(each);
    },

    async history() {
      tell.chapter(
        'The history',
        'An auditor replays what happened to her setting and who saw what, under a pseudonym: no name, no dose. Each disclosure names the heads that it was decided on, so it can be decided again.',
      );
      const { pseudonym } = mustBe(
        200,
        await send('GET', `/audit/requests/${lastRequest}`, { as: people.AUDITOR }),
        'Case',
      ).json();
      const { entries, state } = mustBe(
        200,
        await send('GET', `/audit/persons/${pseudonym}/history`, { as: people.AUDITOR }),
        'History',
      ).json();
      tell.act('Auditor', `${entries.length} events of ${pseudonym}`);
      for (const { recordedAt, type, data } of entries) {
        const detail =
          data.setting !== undefined
            ? `${data.setting.optedOut ? 'opted out, ' : ''}lock ${data.setting.lock.kind}`
            : (data.purpose ?? data.task ?? data.part ?? '');
        tell.line(`${recordedAt.slice(11, 23)}  ${type.padEnd(18)} ${detail}`);
      }
      tell.result(`in force: lock ${state.setting?.lock.kind}, opted out ${state.setting?.optedOut}`);
    },
  };
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await demo();
