import { Type, type TSchema } from '@sinclair/typebox';
import { contractChanges, type TopicSchemas } from './compatibility.js';

const topic = (schema: TSchema): TopicSchemas => ({
  'a.b.v1': { Happened: JSON.parse(JSON.stringify(schema)) as TopicSchemas[string][string] },
});
const changes = (before: TSchema, after: TSchema) =>
  contractChanges(topic(before), topic(after)).map(({ at, kind, what }) => `${kind} ${what} ${at}`);

const Before = Type.Object({
  id: Type.String(),
  note: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal('open'), Type.Literal('closed')]),
  parts: Type.Array(Type.Object({ name: Type.String() })),
});
const { id, note, status, parts } = Before.properties;

describe('A change of a contract', () => {
  it.each([
    ['nothing', Before, []],
    ['an optional field', Type.Object({ id, note, status, parts, more: Type.Optional(Type.String()) }), []],
    ['an optional field less', Type.Object({ id, status, parts }), []],
    ['a description', Type.Object({ id, note, status, parts }, { description: 'What happened' }), []],
    ['a field less', Type.Object({ note, status, parts }), ['break field gone a.b.v1/Happened/id']],
    [
      'a required field',
      Type.Object({ id, note, status, parts, more: Type.String() }),
      ['break required field is new a.b.v1/Happened/more'],
    ],
    [
      'a field that need not be there any more',
      Type.Object({ id: Type.Optional(id), note, status, parts }),
      ['break field became optional a.b.v1/Happened/id'],
    ],
    [
      'a field that must be there now',
      Type.Object({ id, note: Type.String(), status, parts }),
      ['break field became required a.b.v1/Happened/note'],
    ],
    [
      'another type',
      Type.Object({ id: Type.Number(), note, status, parts }),
      ['break another type a.b.v1/Happened/id'],
    ],
    [
      'a narrower text',
      Type.Object({ id: Type.String({ format: 'uuid' }), note, status, parts }),
      ['break another rule a.b.v1/Happened/id'],
    ],
    [
      'a value more',
      Type.Object({ id, note, status: Type.Union([...status.anyOf, Type.Literal('held')]), parts }),
      ['readers-first value is new a.b.v1/Happened/status'],
    ],
    [
      'a value less',
      Type.Object({ id, note, status: Type.Literal('open'), parts }),
      ['break value gone a.b.v1/Happened/status'],
    ],
    [
      'something within a list',
      Type.Object({ id, note, status, parts: Type.Array(Type.Object({ name: Type.Number() })) }),
      ['break another type a.b.v1/Happened/parts[]/name'],
    ],
  ])('%s', (_what, after, expected) => {
    expect(changes(Before, after)).toEqual(expected);
  });

  it('may add events and topics, and take none away', () => {
    const before = topic(Before);
    expect(contractChanges(before, { ...before, 'a.c.v1': {} })).toEqual([]);
    expect(contractChanges(before, {})).toEqual([{ at: 'a.b.v1', kind: 'break', what: 'topic gone' }]);
    expect(contractChanges(before, { 'a.b.v1': {} })).toEqual([
      { at: 'a.b.v1/Happened', kind: 'break', what: 'event gone' },
    ]);
  });
});
