export * from './decisions.events.js';
export * from './matchable.js';
export * from './matcher.js';
export * from './name-compatibility.js';
export * from './person-index.js';
export * from './field-matcher.js';
export * from './form-resolution.js';
