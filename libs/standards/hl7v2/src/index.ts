export { acknowledgeBatch } from './acknowledge-batch.js';
export {
  type AcknowledgedReading,
  type AcknowledgmentEnvelope,
  MAX_ERRORS,
  acknowledge,
} from './acknowledge.js';
export { type CodeStatus, type CodeTables } from './code-tables.js';
export { type DecodedMessage, decodeMessage } from './decode-message.js';
export { type Delimiters, STANDARD_DELIMITERS } from './delimiters.js';
export { escapeText, unescapeText } from './escape-sequences.js';
export { type DateReading, type IsoDate, readHl7Date, toHl7Timestamp } from './hl7-date.js';
export {
  type VxuFunding,
  type VxuIndication,
  type VxuInformationStatement,
  doseNumberOf,
  fundingOf,
  indicationsOf,
  informationStatementsOf,
} from './order-observations.js';
export { DEFAULT_LIMITS, type Hl7Message, type ParseLimits, parseMessage } from './parse-message.js';
export {
  APPLICATION_ERROR_CODES,
  type ApplicationErrorCode,
  type Hl7Location,
  type Hl7Problem,
  MESSAGE_ERROR_CONDITIONS,
  type MessageErrorCondition,
  type ProblemKind,
  hl7Problem,
} from './problem.js';
export {
  type BatchEnvelope,
  type BatchLimits,
  DEFAULT_BATCH_LIMITS,
  type Hl7Batch,
  readBatch,
} from './read-batch.js';
export { SUPPORTED_VERSIONS } from './read-header.js';
export { isGuardian } from './read-next-of-kin.js';
export { DEFAULT_VXU_LIMITS, type VxuContext, type VxuLimits, type VxuReading, readVxu } from './read-vxu.js';
export { type Hl7Field, type Hl7Repetition, type Hl7Segment, type Span } from './segment.js';
export type * from './vxu.js';
