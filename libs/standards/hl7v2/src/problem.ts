/** HL7 table 0357, the codes that this library reports in ERR-3. */
export const MESSAGE_ERROR_CONDITIONS = {
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '207': 'Application internal error',
} as const;

/** Table 0533 of the CDC guide R1.5: ERR-5. */
export const APPLICATION_ERROR_CODES = {
  '1': 'Illogical Date error',
  '2': 'Invalid Date',
  '3': 'Illogical Value error',
  '4': 'Invalid value',
  '5': 'Table value not found',
  '6': 'Required observation missing',
  '7': 'Required data missing',
  '8': 'Data was ignored',
} as const;

export type MessageErrorCondition = keyof typeof MESSAGE_ERROR_CONDITIONS;
export type ApplicationErrorCode = keyof typeof APPLICATION_ERROR_CODES;

/** ERR-2: the place of a problem. All numbers count from 1; `sequence` among the segments of the same id. */
export interface Hl7Location {
  readonly segment: string;
  readonly sequence: number;
  readonly field?: number | undefined;
  readonly repetition?: number | undefined;
  readonly component?: number | undefined;
  readonly subcomponent?: number | undefined;
}

/**
 * One thing that is wrong with a message.
 *
 * Severity: `E` something was lost, `W` nothing was lost but the sender should look, `I` for information.
 * `message` goes to the sender in ERR-8. It is a fixed sentence: it never holds anything from the message.
 */
export interface Hl7Problem {
  readonly severity: 'E' | 'W' | 'I';
  readonly code: MessageErrorCondition;
  readonly applicationCode?: ApplicationErrorCode | undefined;
  readonly location?: Hl7Location | undefined;
  readonly message: string;
}

/** What kind of problem it is decides the codes of both tables. */
export type ProblemKind = keyof typeof CODES;

const CODES = {
  'segment-sequence': ['100', undefined],
  'segment-missing': ['100', '7'],
  'segment-ignored': ['100', '8'],
  'observation-missing': ['100', '6'],
  'field-missing': ['101', '7'],
  'invalid-value': ['102', '4'],
  'invalid-date': ['102', '2'],
  'illogical-date': ['207', '1'],
  'illogical-value': ['207', '3'],
  'unknown-code': ['103', '5'],
  'data-ignored': ['207', '8'],
  'unsupported-type': ['200', undefined],
  'unsupported-event': ['201', undefined],
  'unsupported-processing-id': ['202', undefined],
  'unsupported-version': ['203', undefined],
  'cannot-process': ['207', undefined],
} as const satisfies Record<string, readonly [MessageErrorCondition, ApplicationErrorCode | undefined]>;

export function hl7Problem(
  severity: Hl7Problem['severity'],
  kind: ProblemKind,
  location: Hl7Location | undefined,
  message: string,
): Hl7Problem {
  const [code, applicationCode] = CODES[kind];
  return Object.freeze({
    severity,
    code,
    applicationCode,
    location: location && Object.freeze(location),
    message,
  });
}
