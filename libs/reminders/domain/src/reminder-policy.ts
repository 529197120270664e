/** Policy data of reminders (DOMAIN 3.3, 4.6). */
export interface ReminderPolicy {
  readonly version: string;
  /** `YYYY-MM-DD`. */
  readonly effective: string;
  /** Days after an opt-in in which nobody is reminded. */
  readonly afterOptInDays: number;
  /** Days in which nobody is reminded a second time of one dose, by whichever agency. */
  readonly intervalDays: number;
}

export const REMINDER_POLICY: ReminderPolicy = {
  version: '1',
  effective: '2026-01-01',
  afterOptInDays: 60,
  intervalDays: 28,
};
