import { Type, type Static } from '@sinclair/typebox';
import { VITAL_EVENTS } from '@registry/contracts';

/*
 * A vital record as the Office of Vital Records sends it: flat, so that the same names are JSON properties and CSV columns. Served as JSON
 * Schema. In CSV all values are text; `true`, `false` and numbers are read from it.
 */

const text = (description: string, maxLength = 100) =>
  Type.Optional(Type.String({ description, minLength: 1, maxLength }));
const date = (description: string) => Type.String({ description, format: 'date' });
const flag = (description: string) =>
  Type.Optional(Type.Union([Type.Boolean(), Type.Literal('true'), Type.Literal('false')], { description }));

export const VitalRecordRow = Type.Object(
  {
    event: Type.Union(
      VITAL_EVENTS.map((event) => Type.Literal(event)),
      {
        description:
          'birth; amendment (a corrected version); replacement (seals the record that it replaces: adoption, paternity, name, court order); void (the record is withdrawn); death (a later version corrects an earlier one)',
      },
    ),
    register: Type.Optional(
      Type.Union([Type.Literal('birth'), Type.Literal('death')], {
        description: 'Of a void: which register the record is of, where the address does not say it',
      }),
    ),
    fileNumber: Type.String({ description: 'State file number of the record', minLength: 1, maxLength: 50 }),
    issuedAt: Type.String({
      description:
        'When the office made this version, UTC, such as 2026-11-01T12:00:00Z: later versions count',
      format: 'date-time',
    }),
    replaces: text(
      'Of a replacement, the file number of the record it replaces, where that is another one',
      50,
    ),
    birthFileNumber: text('Of a death, the file number of the birth record where known', 50),
    family: Type.String({ description: 'Last name', minLength: 1, maxLength: 100 }),
    given: Type.String({
      description: 'First name; Baby Boy or Baby Girl while there is none',
      minLength: 1,
      maxLength: 100,
    }),
    middle: text('Middle name'),
    suffix: text('Such as Jr', 20),
    birthDate: date('Date of birth, YYYY-MM-DD'),
    sex: Type.Optional(
      Type.Union([Type.Literal('F'), Type.Literal('M'), Type.Literal('X'), Type.Literal('U')]),
    ),
    multipleBirth: flag('One of a multiple birth'),
    birthOrder: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 12 }), Type.String({ pattern: '^([1-9]|1[0-2])$' })], {
        description: '1 for the first born of a multiple birth',
      }),
    ),
    motherFamily: text('Last name of the mother'),
    motherGiven: text('First name of the mother'),
    motherMaidenFamily: text('Last name of the mother before her first marriage'),
    parentFamily: text('Last name of the other parent'),
    parentGiven: text('First name of the other parent'),
    street: text('Residence', 200),
    city: text('Residence'),
    state: text('Residence, two letters', 2),
    zip: text('Residence, five or nine digits', 10),
    county: text('Residence, FIPS code or name', 50),
    phone: text('Of the parents', 30),
    facilityMrn: text('Medical record number that the birth facility gave the child', 50),
    facilityAuthority: text('The birth facility as it names itself in HL7 PID-3.4', 100),
    noticeIssuer: text('Who issued the Parent Notice: a county’s FIPS code, or `state` for home births', 50),
    noticeFormVersion: text('Version of the Parent Notice form', 50),
    deathDate: Type.Optional(date('Of a death, YYYY-MM-DD')),
  },
  {
    $id: 'vital-record.json',
    title: 'Vital record',
    description: 'One version of a record of birth or death, as the Office of Vital Records sends it',
    additionalProperties: false,
  },
);
export type VitalRecordRow = Static<typeof VitalRecordRow>;
