import type { RunningRegistry } from './registry-process.js';

export interface FormPerson {
  readonly family: string;
  readonly given: string;
  readonly birthDate: string;
}

export type Change =
  | { readonly change: 'lock' | 're-lock'; readonly holder: string }
  | { readonly change: 'unlock' | 'opt-out' | 'opt-in' | 'view' | 'decline-reminders' };

const HELP_DESK = 'demo-help-desk';
/** Whoever verified may not approve what loosens. */
const SECOND_STAFF = 'demo-help-desk-2';

/** The help desk's way with a request, as far as up to its approval. */
export const verifiedRequest = async (
  registry: RunningRegistry,
  change: Change,
  { family, given, birthDate }: FormPerson,
): Promise<string> => {
  const submitted = await registry.request('POST', '/privacy/requests', {
    as: HELP_DESK,
    json: { ...change, capacity: capacityFor(birthDate), person: { family, given, birthDate } },
  });
  if (submitted.status !== 201) throw new Error(`Not submitted: ${submitted.status} ${submitted.body}`);
  const { requestId } = submitted.json() as { requestId: string };
  const verified = await registry.request('POST', `/privacy/requests/${requestId}/verify`, {
    as: HELP_DESK,
    json: { evidence: 'photo-id' },
  });
  if (verified.status !== 200) throw new Error(`Not verified: ${verified.status} ${verified.body}`);
  return requestId;
};

export const approve = async (registry: RunningRegistry, requestId: string): Promise<string> => {
  const approved = await registry.request('POST', `/privacy/requests/${requestId}/approve`, {
    as: SECOND_STAFF,
  });
  if (approved.status !== 200) throw new Error(`Not approved: ${approved.status} ${approved.body}`);
  return (approved.json() as { status: string }).status;
};

export const statusOf = async (registry: RunningRegistry, requestId: string): Promise<string> => {
  const answer = await registry.request('GET', `/privacy/requests/${requestId}`, { as: HELP_DESK });
  return (answer.json() as { status: string }).status;
};

/** Submits, verifies and approves. @throws Error unless the setting is in force at the end */
export const apply = async (
  registry: RunningRegistry,
  change: Change,
  person: FormPerson,
): Promise<string> => {
  const requestId = await verifiedRequest(registry, change, person);
  const status = await approve(registry, requestId);
  if (status !== 'applied') throw new Error(`${change.change} is ${status}`);
  return requestId;
};

/** A parent speaks for a child, whoever is of age for itself. */
const capacityFor = (birthDate: string): 'parent' | 'self' =>
  Number(birthDate.slice(0, 4)) + 19 < new Date().getFullYear() ? 'self' : 'parent';
