import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { FormatRegistry } from '@sinclair/typebox';
import type { ContractEvent } from './contract-event.js';
import { TOPICS, type TopicName } from './topics.js';

FormatRegistry.Set('date', (value) => /^\d{4}-\d{2}-\d{2}$/.test(value));
FormatRegistry.Set('date-time', (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value));

/** A message that does not have the shape its contract promises. Names the place, never the value. */
export class ContractViolation extends Error {
  readonly code = 'CONTRACT.VIOLATION';
  constructor(type: string, path: string) {
    super(`${type} is not as its contract says at ${path}`);
  }
}

/** Compiles a schema once; the returned function gives back the value typed, or throws `ContractViolation`. */
export const validatorOf = <Schema extends TSchema>(
  name: string,
  schema: Schema,
): ((value: unknown) => Static<Schema>) => {
  const compiled = TypeCompiler.Compile(schema);
  return (value) => {
    if (compiled.Check(value)) return value;
    throw new ContractViolation(name, compiled.Errors(value).First()?.path ?? '/');
  };
};

type EventIn<Events> = {
  [Type in keyof Events & string]: Events[Type] extends TSchema
    ? ContractEvent<Type, Static<Events[Type]>>
    : never;
}[keyof Events & string];

/** The union of the events of a topic (or of several), discriminated by `type`. */
export type EventOf<Topic extends TopicName> = Topic extends TopicName
  ? EventIn<(typeof TOPICS)[Topic]>
  : never;

type Validate = (value: unknown) => unknown;

/** By topic and type. */
const validators = new Map<TopicName, Map<string, Validate>>();
/** By what a frozen data was found to be as its contract says: consumers of one process share the events that they read. */
const validated = new WeakMap<object, Validate>();

/** Each consumer validates what it reads. @throws ContractViolation */
export const readContractEvent = <Topic extends TopicName>(
  topic: Topic,
  event: ContractEvent,
): EventOf<Topic> => {
  const validate = validators.get(topic)?.get(event.type) ?? compile(topic, event.type);
  const { data } = event;
  if (typeof data !== 'object' || data === null || !Object.isFrozen(data)) validate(data);
  else if (validated.get(data) !== validate) {
    validate(data);
    validated.set(data, validate);
  }
  return event as EventOf<Topic>;
};

const compile = (topic: TopicName, type: string): Validate => {
  const name = `${topic}/${type}`;
  const schema = (TOPICS[topic] as Record<string, TSchema>)[type];
  if (schema === undefined) throw new ContractViolation(name, '/type');
  const validate = validatorOf(name, schema);
  const ofTopic = validators.get(topic) ?? new Map<string, Validate>();
  validators.set(topic, ofTopic.set(type, validate));
  return validate;
};
