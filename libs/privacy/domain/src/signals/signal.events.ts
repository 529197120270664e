/**
 * Events of `signal-<organizationId>-<personId>`: what an organization's messages last said about a person, as far as it differs from
 * saying nothing. Each carries the full resulting values, so the head decides.
 */
export interface SignalNoted {
  readonly type: 'SignalNoted';
  readonly data: SignalNotedData;
}

export type SignalNotedData = {
  readonly values: SignalValues;
  readonly submissionId: string;
  readonly clientId: string;
  /** ISO-8601 UTC: when the submission was recorded. */
  readonly receivedAt: string;
  /** Of the link, in `identity-decisions`: what comes before it has been heard. */
  readonly linkRevision: number;
  /** What the values did, each with its code, such as `PD1-12:Y`. */
  readonly outcomes: readonly SignalOutcomeNote[];
  /** PD1-16 began or ceased to say that the organization no longer serves the person. */
  readonly registryStatus?: string;
};

export type SignalOutcomeNote = { readonly signal: string; readonly outcome: string };

/** As sent, never as meant: a sender whose polarity is corrected has changed nothing about its persons. */
export type SignalValues = {
  readonly protection?: string;
  readonly publicity?: string;
  readonly registryStatus?: string;
};

/**
 * Events of `signalDay-<clientId>-<legal day>`: the persons whom the messages of a day are about, and those of them for whom protection was
 * asked. Kept only of clients whose PD1-12 means something.
 */
export interface SignalDayCounted {
  readonly type: 'SignalDayCounted';
  readonly data: SignalDayCountedData;
}

export type SignalDayCountedData = {
  /** Link revision up to which everything is counted. */
  readonly through: number;
  /** New since the event before. */
  readonly persons: readonly string[];
  readonly asked: readonly AskedForProtection[];
  /** Link revision from which on the client's signals have no effect on that day. Repeated by each later event. */
  readonly stoppedFrom?: number;
};

export type AskedForProtection = {
  readonly personId: string;
  readonly submissionId: string;
  readonly linkRevision: number;
};
