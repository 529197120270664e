import type { StoppedMessage } from '../setting/privacy-setting.js';
import type { SignalValues } from './signal.events.js';
import { SIGNAL_POLICY, type SignalPolicy } from './signal-policy.js';

/** PD1 as a message says it; days `YYYY-MM-DD`. */
export interface SentStatus {
  readonly publicityCode?: string | undefined;
  readonly publicityCodeSince?: string | undefined;
  readonly protectionIndicator?: string | undefined;
  readonly protectionIndicatorSince?: string | undefined;
  readonly registryStatus?: string | undefined;
}

/** What PD1-12 means in a client's messages; it has no meaning of its own (DOMAIN 3.6). */
export type Polarity = 'off' | 'cdc' | 'legacy';

/** Something that changed in what an organization says about a person. */
export type Signal = {
  /** Field and value, such as `PD1-12:Y`. */
  readonly signal: string;
  /** The day from which on it holds, as the message has it. */
  readonly since?: string;
} & (
  | { readonly kind: 'protect' | 'release' }
  | { readonly kind: 'stop-messages'; readonly messages: readonly StoppedMessage[] }
);

export interface ReadSignals {
  /** What is to be kept as last said; the same object if nothing changed. */
  readonly values: SignalValues;
  readonly signals: readonly Signal[];
  /** PD1-16, if it now ends the relationship with the person or has ceased to. */
  readonly registryStatus?: string;
}

/** PD1-16 codes that end an organization's relationship with a person (HL7 table 0441). */
export const ENDING_STATUS = ['I', 'L', 'M', 'P'] as const;

/**
 * Compares what a message says with what the organization last said. Only a change is a signal. Somebody about whom nothing was said
 * before counts as not protected, reachable by any means and active, so the first value that asks for something is a change. An empty
 * field, and a code that no table has, says nothing and changes nothing.
 */
export const readSignals = (
  sent: SentStatus,
  last: SignalValues,
  polarity: Polarity,
  policy: SignalPolicy = SIGNAL_POLICY,
): ReadSignals => {
  const signals: Signal[] = [];
  let values = last;

  const { protectionIndicator: protection, protectionIndicatorSince, publicityCode: publicity } = sent;
  if (polarity !== 'off' && (protection === 'Y' || protection === 'N')) {
    const protects = polarity === 'cdc' ? 'Y' : 'N';
    const unprotected = protects === 'Y' ? 'N' : 'Y';
    if (protection !== (last.protection ?? unprotected)) {
      values = { ...values, protection };
      const kind = protection === protects ? 'protect' : 'release';
      signals.push({ kind, signal: `PD1-12:${protection}`, ...sinceOf(protectionIndicatorSince) });
    }
  }

  const messages = publicity === undefined ? undefined : ownEntry(policy.publicity, publicity);
  if (publicity !== undefined && messages !== undefined && publicity !== (last.publicity ?? '02')) {
    values = { ...values, publicity };
    // One that stops nothing is kept as said, and starts nothing again: a signal never loosens.
    if (messages.length > 0) {
      const since = sinceOf(sent.publicityCodeSince);
      signals.push({ kind: 'stop-messages', messages, signal: `PD1-11:${publicity}`, ...since });
    }
  }

  const { registryStatus } = sent;
  if (registryStatus !== undefined && (isEnding(registryStatus) || registryStatus === 'A')) {
    if (registryStatus !== (last.registryStatus ?? 'A'))
      return { values: { ...values, registryStatus }, signals, registryStatus };
  }
  return { values, signals };
};

export const isEnding = (registryStatus: string): boolean =>
  (ENDING_STATUS as readonly string[]).includes(registryStatus);

const sinceOf = (since: string | undefined) => (since === undefined ? {} : { since });

const ownEntry = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
