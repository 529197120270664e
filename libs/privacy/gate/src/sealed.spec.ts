import { serialize } from 'node:v8';
import { inspect } from 'node:util';
import type { PersonRecord, ReleasedRecord } from './person-record.js';
import { seal, Sealed, SealedDataError, unseal } from './sealed.js';
import { RECORD } from './testing/gate-world.js';

const SECRET = 'Quill';

describe('A sealed record', () => {
  const sealed = seal(RECORD);

  it('is opened by the gate', () => {
    expect(unseal(sealed)).toBe(RECORD);
    expect(JSON.stringify(RECORD)).toContain(SECRET);
  });

  it('throws when it is serialized, alone or inside of something', () => {
    expect(() => JSON.stringify(sealed)).toThrow(SealedDataError);
    expect(() => JSON.stringify({ persons: [sealed] })).toThrow(SealedDataError);
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions
    expect(() => `${sealed}`).toThrow(SealedDataError);
    expect(() => String(sealed)).toThrow(SealedDataError);
    expect(() => 'Record: ' + (sealed as unknown as string)).toThrow(SealedDataError);
    expect(() => Number(sealed)).toThrow(SealedDataError);
  });

  it('says nothing of the person in its error', () => {
    expect(inspect(new SealedDataError())).not.toContain(SECRET);
  });

  it.each<[string, () => unknown]>([
    ['inspect', () => inspect(sealed, { depth: null, showHidden: true })],
    ['inspect without the custom form', () => inspect(sealed, { customInspect: false, showHidden: true })],
    ['inspect from outside', () => inspect({ record: [sealed] }, { depth: null })],
    ['spread', () => inspect({ ...sealed }, { depth: null, showHidden: true })],
    ['assign', () => inspect(Object.assign({}, sealed), { showHidden: true })],
    ['keys', () => Reflect.ownKeys(sealed).map(String).join()],
    ['entries', () => JSON.stringify(Object.entries(sealed))],
    ['own descriptors', () => inspect(Object.getOwnPropertyDescriptors(sealed), { depth: null })],
    ['structured clone', () => inspect(structuredClone(sealed), { depth: null, showHidden: true })],
    ['V8 serialization', () => serialize(sealed).toString('latin1')],
  ])('shows nothing by %s', (_way, show) => {
    expect(String(show())).not.toContain(SECRET);
    expect(String(show())).not.toContain(RECORD.birthDate);
  });

  it('cannot be imitated', () => {
    expect(unseal(new Sealed<PersonRecord>())).toBeUndefined();
    expect(unseal({ ...sealed } as unknown as Sealed<PersonRecord>)).toBeUndefined();
  });

  it('does not compile where released data is wanted', () => {
    const answer = (released: ReleasedRecord): string => released.id;
    const promised = (): ReleasedRecord =>
      // @ts-expect-error A sealed record is not a released one.
      sealed;
    // @ts-expect-error Nor is it given as one.
    expect(() => answer(sealed)).not.toThrow();
    // @ts-expect-error A bare record has no id of the requester's own: it has not passed the gate either.
    expect(() => answer(RECORD)).not.toThrow();
    // @ts-expect-error Nothing of the person can be read from it.
    expect(sealed.name).toBeUndefined();
    // @ts-expect-error Nor is what is sealed as one thing taken for another.
    const name: Sealed<string> = sealed;
    // @ts-expect-error An object of its shape is not sealed.
    const imitation: Sealed<PersonRecord> = { toJSON: () => '', toString: () => '' };
    const serialized: () => never = () => sealed.toJSON();
    expect([promised(), name]).toStrictEqual([sealed, sealed]);
    expect(imitation).not.toBeInstanceOf(Sealed);
    expect(serialized).toThrow(SealedDataError);
  });
});
