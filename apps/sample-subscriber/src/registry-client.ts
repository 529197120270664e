import type { RecordsReconciled } from '@registry/contracts';

export interface FeedPage {
  readonly records: readonly {
    readonly registryId: string;
    readonly version: number;
    readonly state: 'available' | 'withdrawn';
  }[];
  readonly next?: string;
}

/** What a subscriber asks of the registry. */
export interface RegistryClient {
  /** The record, for the purpose of the subscription; undefined: it may not be seen, or not any more. */
  fetch(registryId: string): Promise<unknown>;
  /** A repeat is fine, and so is one that has been overtaken by a newer offer. */
  acknowledge(registryId: string, version: number): Promise<void>;
  records(after: string | undefined): Promise<FeedPage>;
  reconciliation(): Promise<RecordsReconciled>;
}

/** The registry could not answer; the same may succeed later. */
export class RegistryUnavailable extends Error {
  constructor(readonly status: number) {
    super(`The registry answered ${status}`);
  }
}

/** The registry by REST. */
export class HttpRegistryClient implements RegistryClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly purpose: string,
  ) {}

  async fetch(registryId: string): Promise<unknown> {
    const answer = await this.ask(`/persons/${registryId}`);
    return answer.status === 404 ? undefined : body(answer);
  }

  async acknowledge(registryId: string, version: number): Promise<void> {
    const answer = await this.ask('/subscription/withdrawals', { registryId, version });
    // Overtaken: there is nothing to acknowledge any more.
    if (answer.status !== 404) await body(answer);
  }

  async records(after: string | undefined): Promise<FeedPage> {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    return (await body(await this.ask(`/subscription/records${query}`))) as FeedPage;
  }

  async reconciliation(): Promise<RecordsReconciled> {
    return (await body(await this.ask('/subscription/reconciliation'))) as RecordsReconciled;
  }

  private ask(path: string, json?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${this.key}`, 'x-purpose-of-use': this.purpose };
    return fetch(
      this.url + path,
      json === undefined
        ? { headers }
        : {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(json),
          },
    );
  }
}

const body = async (answer: Response): Promise<unknown> => {
  if (!answer.ok) throw new RegistryUnavailable(answer.status);
  return answer.json();
};
