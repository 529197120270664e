import autocannon from 'autocannon';
import { describeProbe, fdatasyncProbe } from './lib/fdatasync-probe.mjs';
import { liftLimits } from './lib/limits.mjs';
import { eventually, headers, startRegistry } from '../tools/running-registry.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 15);
const ORGANIZATIONS = Number(process.env.BENCH_ORGANIZATIONS ?? 5_500);
const USERS = Number(process.env.BENCH_USERS ?? 30_000);
const AT_ONCE = 64;
const CONNECTIONS = 32;
const ADMINISTRATOR = 'demo-administrator';
const JSON_BODY = { 'content-type': 'application/json' };

/**
 * The directory at the size of a state: its organizations, each with a client and an agreement, and their users, enrolled over HTTP. Then
 * who a key belongs to, asked with all keys in turn, and the pages of the lists. A look-up is measured by a route that the client may not
 * use: the answer 403 comes after the key's client and organization were read, and before anything else.
 */
export const directory = async () => {
  const registry = await startRegistry();
  try {
    await liftLimits(registry.url);
    const ask = async (method, path, body) => {
      const answer = await fetch(`${registry.url}/directory/${path}`, {
        method,
        headers: headers(ADMINISTRATOR, body === undefined ? {} : JSON_BODY),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
      return answer.json();
    };
    const rows = {};
    rows['probe before'] = { 'requests/s': describeProbe(fdatasyncProbe(registry.folder)) };

    const organizations = [];
    rows['enrol an organization, its agreement and its client'] = await timed(
      ORGANIZATIONS,
      async (number) => {
        organizations[number] = await enrol(ask, number);
      },
    );
    rows['enrol a user'] = await timed(USERS, (number) =>
      ask('POST', `organizations/${organizations[number % ORGANIZATIONS].id}/users`, {
        name: `User ${number}`,
        email: `user${number}@organization.example`,
        roles: ['reader'],
      }),
    );
    const last = organizations[(USERS - 1) % ORGANIZATIONS];
    await eventually(
      () => ask('GET', `organizations/${last.id}/users`),
      ({ users }) => users.length >= Math.floor(USERS / ORGANIZATIONS),
    );

    const load = async (requests) => {
      const result = await autocannon({
        url: registry.url,
        connections: CONNECTIONS,
        duration: SECONDS,
        requests: [{ setupRequest: (request) => ({ ...request, ...requests() }) }],
      });
      const { average } = result.requests;
      const { p50, p99 } = result.latency;
      return { 'requests/s': Math.round(average), p50, p99 };
    };
    let next = 0;
    const turn = () => organizations[next++ % ORGANIZATIONS];
    rows[`who is it (${ORGANIZATIONS} keys in turn)`] = await load(() => ({
      path: '/directory/organizations',
      headers: headers(turn().key),
    }));
    const list = (path) => load(() => ({ path: path(turn()), headers: headers(ADMINISTRATOR) }));
    rows['a page of 100 organizations'] = await list(({ id }) => `/directory/organizations?after=${id}`);
    rows['users of an organization'] = await list(({ id }) => `/directory/organizations/${id}/users`);
    rows['agreements that end'] = await list(() => '/directory/agreements/ending');
    rows['probe after'] = { 'requests/s': describeProbe(fdatasyncProbe(registry.folder)) };
    rows['resident MiB'] = { 'requests/s': Math.round(registry.resident().now) };
    return rows;
  } finally {
    await registry.stop();
  }
};

const enrol = async (ask, number) => {
  const { organizationId: id } = await ask('POST', 'organizations', {
    name: `Organization ${number}`,
    category: number % 2 === 0 ? 'provider' : 'school',
  });
  await ask('PUT', `organizations/${id}/agreement`, {
    version: '1',
    signatory: 'Director',
    purposes: [number % 2 === 0 ? 'treatment' : 'school'],
    startsOn: '2020-01-01',
    // One in twenty has lapsed.
    endsOn: number % 20 === 0 ? '2021-01-01' : '2099-12-31',
  });
  const { key } = await ask('POST', `organizations/${id}/clients`, { name: 'EHR', roles: ['submitter'] });
  return { id, key };
};

/** Does it so many times, some at once. */
const timed = async (times, work) => {
  const began = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < times) await work(next++);
    }),
  );
  return { 'requests/s': Math.round(times / ((performance.now() - began) / 1_000)) };
};
