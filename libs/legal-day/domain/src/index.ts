export * from './legal-day.js';
