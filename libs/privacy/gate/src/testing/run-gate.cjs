// A process with one gate on a shared store, whose readers ask for one person in a closed loop. Runs what is built in `dist`;
// `gate-under-fire.int-spec.ts` starts it and talks to it by messages.
const { setImmediate } = require('node:timers');
const { openPostgresEventStore, openSqliteEventStore } = require('@registry/event-store');
const { ReleaseGate, StoredInquiryJournal, seal, systemGateClock } = require('@registry/privacy-gate');

const { adapter, target, personId, clinics, readersPerClinic, processes, record } = JSON.parse(
  process.argv[2],
);

/** Milliseconds of the machine's one monotonic clock, which all its processes read. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

const key = { version: 1, key: Buffer.alloc(32, 7) };
const keys = { current: () => key, get: () => key.key, rotate: async () => key };

const report = { handedOver: [], refused: 0, unavailable: 0, late: 0, slowest: 0 };
let firing = true;

const readInLoop = async (gate, organizationId) => {
  const request = {
    requester: { organizationId, clientId: `${organizationId}-client` },
    purpose: 'treatment',
    personId,
    inquiry: { form: 'read', terms: ['some-id'] },
  };
  while (firing) {
    const began = now();
    const outcome = await gate.disclose(request);
    report.slowest = Math.max(report.slowest, now() - began);
    if (outcome.kind !== 'released') {
      report[outcome.kind] += 1;
      // As a socket would: who is refused lets others have their turn too.
      await new Promise(setImmediate);
      continue;
    }
    const at = now();
    if (outcome.release.handOver()) report.handedOver.push([organizationId, at]);
    else report.late += 1;
  }
};

const main = async () => {
  const store =
    adapter === 'sqlite'
      ? await openSqliteEventStore({ file: target })
      : await openPostgresEventStore({ connectionString: target });
  const gate = new ReleaseGate({
    store,
    records: { load: async () => ({ record: seal(record), linksRevision: 0 }) },
    journal: new StoredInquiryJournal(store, keys, systemGateClock),
    processes,
  });
  let readers = [];
  process.on('disconnect', () => process.exit(1));
  process.on('message', async ({ kind, id, command, eventId }) => {
    if (kind === 'fire') {
      readers = clinics.flatMap((clinic) =>
        Array.from({ length: readersPerClinic }, () => readInLoop(gate, clinic)),
      );
      process.send({ id });
    } else if (kind === 'change') {
      const began = now();
      let outcome;
      try {
        outcome = await gate.changeSetting(personId, command, { schemaVersion: 1 }, eventId);
      } catch (error) {
        outcome = { failed: String(error.code ?? error) };
      }
      process.send({ id, answer: { began, ended: now(), ...outcome } });
    } else {
      firing = false;
      await Promise.all(readers);
      await store.close();
      process.send({ id, answer: report });
    }
  });
  process.send({ id: 0 });
};

void main();
