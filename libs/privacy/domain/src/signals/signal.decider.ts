import { changed, sameSetting, tightens, type SettingChange } from '../setting/privacy-setting.js';
import type { OpenedPrivacy } from '../setting/privacy.state.js';
import type { Signal } from './read-signals.js';

export interface SignalFacts {
  readonly privacy: OpenedPrivacy;
  readonly sender: { readonly organizationId: string; readonly isProvider: boolean };
  /** ISO-8601 UTC: when the message was recorded. */
  readonly receivedAt: string;
  /** The sender's signals have stopped for the day. */
  readonly stopped: boolean;
  /** When the person's last request was received, and the legal day of that; absent: the person has asked for nothing. */
  readonly decided?: { readonly at: string; readonly day: string };
}

export type SignalOutcome =
  | { readonly kind: 'change'; readonly change: SettingChange }
  /** Nothing changes: somebody has to ask the person. */
  | { readonly kind: 'ask'; readonly task: 'unlock-asked-by-signal' | 'protection-asked-by-signal' }
  | { readonly kind: 'nothing'; readonly why: NoEffect };

export type NoEffect =
  'signals-stopped' | 'opted-out' | 'decided-later' | 'in-force' | 'would-loosen' | 'not-the-holder';

/**
 * What a signal does to a setting: it may tighten, never loosen, and never move access (DOMAIN 3.6).
 *
 * It never outranks a later decision of the person: with a day of its own (PD1-13, PD1-18) it has to be of a later day than the decision,
 * and in any case the message has to be later.
 */
export const decideSignal = (signal: Signal, facts: SignalFacts): SignalOutcome => {
  const { privacy, sender, stopped } = facts;
  if (stopped) return nothing('signals-stopped');
  const { setting } = privacy;
  // Nothing is learnt about somebody who has opted out, and nothing could be tightened.
  if (setting.optedOut) return nothing('opted-out');
  if (isOutranked(signal, facts)) return nothing('decided-later');
  switch (signal.kind) {
    case 'protect': {
      if (setting.lock.kind === 'none' && !sender.isProvider)
        return { kind: 'ask', task: 'protection-asked-by-signal' };
      return onlyTightening(privacy, { kind: 'lock', organizationId: sender.organizationId });
    }
    case 'release': {
      const { lock } = setting;
      const isHolder = lock.kind === 'only' && lock.organizationId === sender.organizationId;
      return isHolder ? { kind: 'ask', task: 'unlock-asked-by-signal' } : nothing('not-the-holder');
    }
    case 'stop-messages':
      return onlyTightening(privacy, { kind: 'stop-messages', messages: signal.messages });
  }
};

const onlyTightening = ({ setting }: OpenedPrivacy, change: SettingChange): SignalOutcome => {
  const after = changed(setting, change);
  if (sameSetting(setting, after)) return nothing('in-force');
  return tightens(setting, after) ? { kind: 'change', change } : nothing('would-loosen');
};

const isOutranked = ({ since }: Signal, { decided, receivedAt }: SignalFacts): boolean => {
  if (decided === undefined) return false;
  return Date.parse(decided.at) >= Date.parse(receivedAt) || (since !== undefined && decided.day >= since);
};

const nothing = (why: NoEffect): SignalOutcome => ({ kind: 'nothing', why });
