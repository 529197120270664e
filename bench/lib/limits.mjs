import { eventually, headers } from '../../tools/running-registry.mjs';

const ADMINISTRATOR = headers('demo-administrator', { 'content-type': 'application/json' });

/**
 * Gives all clients there are the highest limits that the directory takes, through its own routes: one client stands for many in a
 * benchmark.
 */
export const liftLimits = async (url) => {
  const ask = async (method, path, body) => {
    const answer = await fetch(`${url}/directory/${path}`, { method, headers: ADMINISTRATOR, body });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
    return answer.json();
  };
  // What there is the lists know when the projections have caught up.
  await eventually(
    () => fetch(`${url}/health/ready`),
    ({ ok }) => ok,
  );
  const { organizations } = await ask('GET', 'organizations');
  for (const { organizationId } of organizations) {
    const { clients } = await ask('GET', `organizations/${organizationId}/clients`);
    for (const { clientId, name, roles, processingIds } of clients) {
      const limits = { requestsPerMinute: 1_000_000, personsPerDay: 10_000_000 };
      await ask('PUT', `clients/${clientId}`, JSON.stringify({ name, roles, processingIds, limits }));
    }
  }
};
