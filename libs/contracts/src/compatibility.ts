/** As much of a JSON Schema as contracts use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly [keyword: string]: unknown;
}

/** Schemas of a topic's events by type. */
export type TopicSchemas = Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;

export interface ContractChange {
  /** `<topic>/<event>/<field>…` */
  readonly at: string;
  /**
   * `break`: some message that lies in a topic, or some reader that runs, can no longer be served: a new version of the topic is needed.
   * `readers-first`: readers must be deployed before writers.
   */
  readonly kind: 'break' | 'readers-first';
  readonly what:
    | 'topic gone'
    | 'event gone'
    | 'field gone'
    | 'field became optional'
    | 'field became required'
    | 'required field is new'
    | 'another type'
    | 'value gone'
    | 'value is new'
    | 'another rule';
}

/**
 * What changed between two versions of the contracts in a way that matters: messages of the old version are still read, and readers of
 * the old version still read. New topics and events, and new optional fields, are no change here.
 */
export const contractChanges = (before: TopicSchemas, after: TopicSchemas): ContractChange[] =>
  Object.entries(before).flatMap(([topic, events]) => {
    const now = after[topic];
    if (now === undefined) return [{ at: topic, kind: 'break', what: 'topic gone' } as const];
    return Object.entries(events).flatMap(([type, schema]) => {
      const at = `${topic}/${type}`;
      const schemaNow = now[type];
      return schemaNow === undefined
        ? [{ at, kind: 'break', what: 'event gone' } as const]
        : changesOf(at, schema, schemaNow);
    });
  });

const broken = (at: string, what: ContractChange['what']): ContractChange => ({ at, kind: 'break', what });

const changesOf = (at: string, before: JsonSchema, after: JsonSchema): ContractChange[] => {
  const [values, valuesNow] = [valuesOf(before), valuesOf(after)];
  if (values !== undefined && valuesNow !== undefined) return valueChanges(at, values, valuesNow);
  if (
    JSON.stringify(before.type) !== JSON.stringify(after.type) ||
    (values === undefined) !== (valuesNow === undefined)
  )
    return [broken(at, 'another type')];
  return [
    ...fieldChanges(at, before, after),
    ...(before.items === undefined || after.items === undefined
      ? []
      : changesOf(`${at}[]`, before.items, after.items)),
    ...(rulesOf(before) === rulesOf(after) ? [] : [broken(at, 'another rule')]),
  ];
};

/** The values of an enumeration, however it is written. */
const valuesOf = ({ const: only, enum: several, anyOf }: JsonSchema): readonly string[] | undefined => {
  if (only !== undefined) return [JSON.stringify(only)];
  if (several !== undefined) return several.map((value) => JSON.stringify(value));
  const parts = anyOf?.map(valuesOf);
  return parts?.every((part) => part !== undefined) === true ? parts.flat() : undefined;
};

const valueChanges = (at: string, before: readonly string[], after: readonly string[]): ContractChange[] => [
  ...(before.some((value) => !after.includes(value)) ? [broken(at, 'value gone')] : []),
  ...(after.some((value) => !before.includes(value))
    ? [{ at, kind: 'readers-first', what: 'value is new' } as const]
    : []),
];

const fieldChanges = (at: string, before: JsonSchema, after: JsonSchema): ContractChange[] => {
  const [fields, fieldsNow] = [before.properties ?? {}, after.properties ?? {}];
  const isRequired = ({ required = [] }: JsonSchema, name: string) => required.includes(name);
  const kept = Object.entries(fields).flatMap(([name, schema]) => {
    const [place, now] = [`${at}/${name}`, fieldsNow[name]];
    if (now === undefined) return isRequired(before, name) ? [broken(place, 'field gone')] : [];
    const changes = changesOf(place, schema, now);
    if (isRequired(before, name) && !isRequired(after, name))
      changes.push(broken(place, 'field became optional'));
    if (!isRequired(before, name) && isRequired(after, name))
      changes.push(broken(place, 'field became required'));
    return changes;
  });
  const added = Object.keys(fieldsNow).filter((name) => !(name in fields) && isRequired(after, name));
  return [...kept, ...added.map((name) => broken(`${at}/${name}`, 'required field is new'))];
};

/** Everything that is not compared part by part. */
const rulesOf = (schema: JsonSchema): string => {
  const { type: _type, properties: _properties, required: _required, items: _items, ...rules } = schema;
  const { description: _description, title: _title, $id: _id, ...rest } = rules;
  return JSON.stringify(rest, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([name]) => name !== 'description')
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value,
  );
};
