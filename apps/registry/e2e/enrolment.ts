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

/** A client of an organization; resolves with its key. */
export const registerClient = async (
  registry: RegistryProcess,
  organizationId: string,
  roles: readonly string[],
): Promise<string> => {
  const path = `organizations/${organizationId}/clients`;
  const { key } = await administer<{ key: string }>(registry, 'POST', path, {
    name: 'Another system',
    roles,
  });
  return key;
};

/** An organization with an agreement in force and one client. */
export const enrol = async (
  registry: RegistryProcess,
  {
    category,
    purposes,
    roles,
  }: { readonly category: string; readonly purposes: readonly string[]; readonly roles: readonly string[] },
): Promise<{ readonly organizationId: string; readonly key: string }> => {
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
  return { organizationId, key: await registerClient(registry, organizationId, roles) };
};
