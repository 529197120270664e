import type { AskedForProtection, SignalDayCountedData } from './signal.events.js';
import { SIGNAL_POLICY, type SignalPolicy } from './signal-policy.js';

/** A client's messages of one legal day, as far as they are counted. */
export interface SignalDay {
  readonly through: number;
  readonly persons: ReadonlySet<string>;
  readonly asked: readonly AskedForProtection[];
  readonly stoppedFrom?: number;
}

export const emptySignalDay: SignalDay = { through: -1, persons: new Set(), asked: [] };

export const evolveSignalDay = (
  day: SignalDay,
  { through, persons, asked, stoppedFrom }: SignalDayCountedData,
): SignalDay => ({
  through,
  persons: new Set([...day.persons, ...persons]),
  asked: [...day.asked, ...asked],
  ...(stoppedFrom === undefined ? {} : { stoppedFrom }),
});

export interface CountedMessage {
  readonly linkRevision: number;
  readonly personId: string;
  readonly submissionId: string;
  readonly asksForProtection: boolean;
}

/**
 * Counts messages of one client and day, in log order; undefined: all were counted before. Signals stop with the message by which more
 * than the policy's percentage of the persons so far have asked: the place depends on the log alone.
 */
export const countDay = (
  day: SignalDay,
  messages: readonly CountedMessage[],
  { brake }: SignalPolicy = SIGNAL_POLICY,
): SignalDayCountedData | undefined => {
  const news = messages.filter(({ linkRevision }) => linkRevision > day.through);
  const last = news.at(-1);
  if (last === undefined) return undefined;
  // A sender has a million persons on some days: what was counted before is looked at and not copied.
  const persons = new Set<string>();
  const asking = new Set(day.asked.map(({ personId }) => personId));
  const asked: AskedForProtection[] = [];
  let { stoppedFrom } = day;
  for (const { linkRevision, personId, submissionId, asksForProtection } of news) {
    if (!day.persons.has(personId)) persons.add(personId);
    if (!asksForProtection) continue;
    asked.push({ personId, submissionId, linkRevision });
    asking.add(personId);
    if (
      asking.size >= brake.leastPersons &&
      asking.size * 100 > (day.persons.size + persons.size) * brake.percent
    )
      stoppedFrom ??= linkRevision;
  }
  return {
    through: last.linkRevision,
    persons: [...persons],
    asked,
    ...(stoppedFrom === undefined ? {} : { stoppedFrom }),
  };
};

export const hasStopped = ({ stoppedFrom }: SignalDay, linkRevision: number): boolean =>
  stoppedFrom !== undefined && linkRevision >= stoppedFrom;
