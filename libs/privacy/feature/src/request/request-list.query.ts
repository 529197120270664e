import type { ReadModel } from '@registry/persistence';
import type { RequestRow } from './request-list.js';

export const REQUEST_LIST = Symbol('RequestList');

export interface OpenRequests {
  readonly requests: readonly Omit<RequestRow, 'revision'>[];
  /** Pass as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

const PAGE = 100;

/** Open requests in the order in which they fall due. */
export class RequestList {
  constructor(private readonly readModel: ReadModel) {}

  /** @param after the `next` of the page before @param dueBefore ISO-8601 UTC: the overdue ones only */
  async open(after?: string, dueBefore = '9999'): Promise<OpenRequests> {
    const [dueAt = '', requestId = ''] = after?.split('|') ?? [];
    const requests = await this.readModel.select<Omit<RequestRow, 'revision'>>(
      `SELECT request_id AS "requestId", change, status, received_at AS "receivedAt", due_at AS "dueAt"
         FROM privacy_request
        WHERE status NOT IN ('applied', 'rejected', 'replaced') AND due_at < ? AND (due_at > ? OR (due_at = ? AND request_id > ?))
        ORDER BY due_at, request_id LIMIT ${PAGE}`,
      [dueBefore, dueAt, dueAt, requestId],
    );
    const last = requests.at(-1);
    return {
      requests,
      ...(requests.length === PAGE && last ? { next: `${last.dueAt}|${last.requestId}` } : {}),
    };
  }

  /** Requests that have watched for a birth record since before then. @param before ISO-8601 UTC */
  async watchingSince(before: string): Promise<readonly string[]> {
    const rows = await this.readModel.select<{ requestId: string }>(
      `SELECT request_id AS "requestId" FROM privacy_request WHERE status = 'watching' AND received_at < ?`,
      [before],
    );
    return rows.map(({ requestId }) => requestId);
  }
}
