/** What a message of our own says; each value stands in it once. */
export interface VxuValues {
  readonly controlId: string;
  readonly facility: string;
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  /** `YYYY-MM-DD`, as all dates here. */
  readonly birthDate: string;
  readonly orderNumber: string;
  readonly administeredOn: string;
  readonly lot: string;
  /** Left out where not given. */
  readonly mothersMaidenName?: string;
  readonly street?: string;
  /** RXA-21; an addition if not given. */
  readonly action?: 'A' | 'U' | 'D';
  /** MSH-18. */
  readonly characterSet?: string;
}

/** A VXU of one administered dose, as a clinic's system would send it. */
export const vxu = (values: VxuValues): string => {
  const { controlId, facility, mrn, family, given, birthDate, orderNumber, administeredOn, lot } = values;
  const { mothersMaidenName, street, action = 'A', characterSet = '' } = values;
  const mother = mothersMaidenName === undefined ? '' : `${mothersMaidenName}^^^^^^M`;
  const address = street === undefined ? '' : `|||${street}^^Duluth^MN^55802^USA^H`;
  return [
    `MSH|^~\\&|EHR|${facility}|IIS||20260105093000-0600||VXU^V04^VXU_V04|${controlId}|P|2.5.1|||ER|AL||${characterSet}|||Z22^CDCPHINVS`,
    `PID|1||${mrn}^^^${facility}^MR||${family}^${given}^^^^^L|${mother}|${compact(birthDate)}|F${address}`,
    `ORC|RE||${orderNumber}^${facility}`,
    `RXA|0|1|${compact(administeredOn)}||83^Hep A^CVX|0.5|mL^mL^UCUM||00^New Record^NIP001||||||${lot}|20290131|MSD^Merck^MVX|||CP|${action}`,
    '',
  ].join('\r');
};

const compact = (date: string): string => date.replaceAll('-', '');

/** The code of MSA-1, or undefined if the answer is not a whole ACK of the message. */
export const acknowledgedAs = (ack: string, controlId: string): string | undefined => {
  const [, code, of] = /\rMSA\|(A[AER])\|([^|\r]*)/.exec(ack) ?? [];
  return ack.startsWith('MSH|') && ack.endsWith('\r') && of === controlId ? code : undefined;
};

/** An ACK without what differs between two ACKs of one message: its own time and id. */
export const withoutOwnIds = (ack: string): string => {
  const [header = '', ...rest] = ack.split('\r');
  const fields = header.split('|');
  // MSH-1 is the separator itself, so MSH-7 is the seventh field and has index 6.
  fields[6] = '';
  fields[9] = '';
  return [fields.join('|'), ...rest].join('\r');
};
