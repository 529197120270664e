import type { RegistryProcess } from './registry-process.js';

const ADMINISTRATOR = 'demo-administrator';

const administer = async <T>(
  registry: RegistryProcess,
  method: 'POST' | 'PUT',
  path: string,
  json: unknown,
): Promise<T> => {
  const answer = await registry.request(method, `/directory/${path}`, { as: ADMINISTRATOR, json });
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${answer.body}`);
  return answer.json() as T;
};

export interface RegisteredClient {
  readonly clientId: string;
  readonly key: string;
}

/** A client of an organization. */
export const registerClient = (
  registry: RegistryProcess,
  organizationId: string,
  roles: readonly string[],
): Promise<RegisteredClient> =>
  administer(registry, 'POST', `organizations/${organizationId}/clients`, { name: 'Another system', roles });

/** An organization with an agreement in force and one client. */
export const enrol = async (
  registry: RegistryProcess,
  {
    category,
    purposes,
    roles,
  }: { readonly category: string; readonly purposes: readonly string[]; readonly roles: readonly string[] },
): Promise<{ readonly organizationId: string } & RegisteredClient> => {
  const { organizationId } = await administer<{ organizationId: string }>(registry, 'POST', 'organizations', {
    name: 'Newly enrolled',
    category,
  });
  await administer(registry, 'PUT', `organizations/${organizationId}/agreement`, {
    version: '1',
    signatory: 'Director',
    purposes,
    startsAt: '2020-01-01T00:00:00Z',
    endsAt: '2099-01-01T00:00:00Z',
  });
  return { organizationId, ...(await registerClient(registry, organizationId, roles)) };
};
