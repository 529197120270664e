import { NewKeys } from './new-keys.js';

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe('Keys put a moment ago', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('are given back as copies, and not once they are deleted', () => {
    const keys = new NewKeys();
    const put = keyOf(1);
    keys.add('a', put);
    put.fill(9);
    keys.get('a')?.fill(8);
    expect(keys.get('a')).toStrictEqual(keyOf(1));
    expect(keys.get('b')).toBeUndefined();
    keys.add('a', keyOf(2));
    expect(keys.get('a')).toStrictEqual(keyOf(2));
    keys.delete('a');
    expect(keys.get('a')).toBeUndefined();
  });

  it('go after two moments at most, and none keeps the process', () => {
    const keys = new NewKeys();
    keys.add('a', keyOf(1));
    jest.advanceTimersByTime(1_999);
    keys.add('b', keyOf(2));
    jest.advanceTimersByTime(1);
    expect([keys.get('a'), keys.get('b')]).toStrictEqual([keyOf(1), keyOf(2)]);
    keys.delete('b');
    jest.advanceTimersByTime(2_000);
    expect([keys.get('a'), keys.get('b')]).toStrictEqual([undefined, undefined]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are at most so many, the newest of them', () => {
    const keys = new NewKeys();
    for (let n = 0; n < 10_000; n += 1) keys.add(`key ${n}`, keyOf(n % 256));
    expect(keys.get('key 0')).toBeUndefined();
    expect(keys.get('key 9999')).toStrictEqual(keyOf(9999 % 256));
    keys.clear();
    expect(keys.get('key 9999')).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });
});
