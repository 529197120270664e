import { inspect } from 'node:util';

const contents = new WeakMap<object, unknown>();

/**
 * Person data that has not passed the gate. It has no readable property, does not print, and throws when serialized;
 * `toJSON(): never` makes a typed serializer refuse it at compile time too.
 */
export class Sealed<T> {
  /** Keeps `Sealed<A>` and `Sealed<B>` apart for the compiler. */
  declare private readonly brand: T;

  toJSON(): never {
    throw new SealedDataError();
  }

  toString(): never {
    throw new SealedDataError();
  }

  [Symbol.toPrimitive](): never {
    throw new SealedDataError();
  }

  [inspect.custom](): string {
    return '[Sealed]';
  }
}

export class SealedDataError extends Error {
  readonly code = 'GATE.SEALED';
  constructor() {
    super('Person data that has not passed the release gate cannot be serialized');
  }
}

/** For whoever reads a person's record from a read model: what it hands to the gate. */
export const seal = <T>(content: T): Sealed<T> => {
  const sealed = new Sealed<T>();
  contents.set(sealed, content);
  return sealed;
};

/** Only the gate opens (not exported from the library). */
export const unseal = <T>(sealed: Sealed<T>): T => contents.get(sealed) as T;
