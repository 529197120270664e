import { Readable } from 'node:stream';
import {
  Injectable,
  UnsupportedMediaTypeException,
  ValidationPipe,
  type ArgumentMetadata,
  type ValidationError,
} from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { InvalidInput } from './problem.filter.js';

interface Place {
  readonly path: string;
  readonly message: string;
}

/** The validation of every route. Names the places and the rules that were broken, never a value or a name that was sent. */
@Injectable()
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) =>
        new InvalidInput(distinct(errors.flatMap((error) => placesOf(error, '')))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'param' || metadata.type === 'query')
      assertStorable(value, `/${metadata.data ?? ''}`);
    if (metadata.type !== 'body' || !this.toValidate(metadata))
      return super.transform(value, metadata) as unknown;
    // The bytes of a media type that only some routes take; property by property they would be a million errors.
    if (Buffer.isBuffer(value) || value instanceof Readable) throw new UnsupportedMediaTypeException();
    assertStorable(value, '/');
    const body = (await super.transform(value, metadata)) as unknown;
    const misplaced = misplacedIn(body, '');
    if (misplaced.length > 0) throw new InvalidInput(misplaced);
    return body;
  }
}

const MAX_DEPTH = 16;

/**
 * Refuses what no store would keep: U+0000 and halves of characters, neither of which PostgreSQL's JSON or an SQLite text holds. And what
 * is nested so deep that whatever walks it recursively would run out of stack.
 */
const assertStorable = (value: unknown, path: string): void => {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new InvalidInput([{ path, message: 'maxDepth' }]);
    if (level.some((item) => typeof item === 'string' && !isText(item)))
      throw new InvalidInput([{ path, message: 'isText' }]);
    level = level.flatMap((item) => (isObject(item) ? (Object.values(item) as unknown[]) : []));
  }
};

const isText = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);

/**
 * Places where an object belongs and there is none, or a list of objects holds something else. `ValidateNested` lets these
 * pass: it takes a list for an object, a list in a list, and nothing at all.
 */
const misplacedIn = (value: unknown, parent: string): Place[] => {
  if (!isObject(value) || Array.isArray(value)) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(value.constructor, '', false, false);
  const conditions = metadata.filter(({ type }) => type === 'conditionalValidation');
  return metadata
    .filter(({ type }) => type === 'nestedValidation')
    .flatMap(({ propertyName, each }) => {
      const here = (value as Readonly<Record<string, unknown>>)[propertyName];
      const path = `${parent}/${propertyName}`;
      const applies = conditions
        .filter((condition) => condition.propertyName === propertyName)
        .every(({ constraints }) => (constraints as Condition[])[0]?.(value, here) ?? true);
      if (!applies) return [];
      const items = each === true ? here : [here];
      if (!Array.isArray(items)) return [{ path, message: 'isArray' }];
      return items.flatMap((item: unknown, index) => {
        const place = each === true ? `${path}/${index}` : path;
        return isObject(item) && !Array.isArray(item)
          ? misplacedIn(item, place)
          : [{ path: place, message: 'isObject' }];
      });
    });
};

type Condition = (target: object, value: unknown) => boolean;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const placesOf = ({ property, constraints, children }: ValidationError, parent: string): Place[] => {
  const rules = Object.keys(constraints ?? {});
  // A property that nobody knows is named by whoever sent it.
  if (rules.includes('whitelistValidation')) return [{ path: parent || '/', message: 'whitelistValidation' }];
  const path = (property as string | undefined) === undefined ? parent || '/' : `${parent}/${property}`;
  return [
    // The rule's name, not class-validator's sentence: a custom message could quote the value.
    ...rules.map((rule) => ({ path, message: rule })),
    ...(children ?? []).flatMap((child) => placesOf(child, path)),
  ];
};

const distinct = (places: readonly Place[]): Place[] => [
  ...new Map(places.map((place) => [`${place.path}|${place.message}`, place])).values(),
];
