/** What a thread starts with. */
export interface ThreadStart<Data> {
  readonly data: Data;
  readonly leash: SharedArrayBuffer;
}

export type ToThread<Question> =
  { readonly kind: 'question'; readonly question: Question } | { readonly kind: 'close' };

export type FromThread<Answer> =
  | { readonly kind: 'opened' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error on its way between threads, which would not keep its class. */
export interface Failure {
  readonly code: string | undefined;
  readonly message: string;
  readonly cause: string | undefined;
}

export const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { code: undefined, message: String(error), cause: undefined };
  const { message, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { code, message, cause: cause instanceof Error ? cause.message : undefined };
};

/** The error that a failure was, as far as it crossed. */
export const errorOf = ({ code, message, cause }: Failure): Error => {
  const error = new Error(message, cause === undefined ? undefined : { cause: new Error(cause) });
  return code === undefined ? error : Object.assign(error, { code });
};
