import { Type, type Static } from '@sinclair/typebox';

const text = (description: string, maxLength = 100) =>
  Type.Optional(Type.String({ description, minLength: 1, maxLength }));

/** One person on an enrolment, coverage or client roster; flat, for JSON, NDJSON and CSV alike. Served as JSON Schema. */
export const RosterRow = Type.Object(
  {
    family: Type.String({ description: 'Last name', minLength: 1, maxLength: 100 }),
    given: Type.String({ description: 'First name', minLength: 1, maxLength: 100 }),
    middle: text('Middle name'),
    birthDate: Type.String({ description: 'Date of birth, YYYY-MM-DD', format: 'date' }),
    sex: Type.Optional(
      Type.Union([Type.Literal('F'), Type.Literal('M'), Type.Literal('X'), Type.Literal('U')]),
    ),
    motherMaidenFamily: text('Last name of the mother before her first marriage'),
    guardianFamily: text('Last name of a parent or guardian'),
    guardianGiven: text('First name of a parent or guardian'),
    street: text('Residence', 200),
    city: text('Residence'),
    state: text('Residence, two letters', 2),
    zip: text('Residence, five or nine digits', 10),
    phone: text('Of the person or a parent', 30),
    from: Type.Optional(
      Type.String({ description: 'First day of service; today if not said', format: 'date' }),
    ),
    through: Type.Optional(
      Type.String({
        description:
          'Last day of service; by the registry’s policy for the kind of organization if not said, and at most',
        format: 'date',
      }),
    ),
  },
  {
    $id: 'roster-entry.json',
    title: 'Roster entry',
    description:
      'One person whom the organization serves. It needs one of mother, guardian, address or phone beside name and birth date to be matched',
    additionalProperties: false,
  },
);
export type RosterRow = Static<typeof RosterRow>;
