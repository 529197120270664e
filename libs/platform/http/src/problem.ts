/** RFC 9457 problem details. `code` is stable; there is no person data and no text of an exception in any of them. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code?: string;
  /** Places of invalid input, never its values. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problem = (status: number, rest: Pick<Problem, 'code' | 'errors'> = {}): Problem => ({
  type: 'about:blank',
  title: TITLES[status] ?? 'Error',
  status,
  ...rest,
});

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** The one answer when a decision could not be committed in time. */
export const UNAVAILABLE = problem(503);
