export const REMINDERS_READ_MODEL = Symbol('RemindersReadModel');
