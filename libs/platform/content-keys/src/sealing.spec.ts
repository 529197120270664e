import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { digest, hmac, keyVersionOf, newContentKey, open, seal, SealBroken } from './index.js';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyBytes = fc.uint8Array({ maxLength: 200 });

describe('sealed content', () => {
  it('opens with its key under its id', () => {
    fc.assert(
      fc.property(key, fc.string(), anyBytes, fc.nat(0xffff), (k, id, bytes, version) => {
        const sealed = seal(k, id, bytes, version);
        expect(open(k, id, sealed)).toStrictEqual(Buffer.from(bytes));
        expect(keyVersionOf(sealed)).toBe(version);
        expect(Buffer.from(sealed, 'base64')).toHaveLength(bytes.length + 31);
      }),
    );
  });

  it('carries text as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const k = newContentKey();
        expect(open(k, 'a', seal(k, 'a', text)).toString('utf8')).toBe(text);
      }),
    );
  });

  it('does not open when any bit is flipped', () => {
    fc.assert(
      fc.property(key, anyBytes, fc.nat(), (k, bytes, where) => {
        const sealed = Buffer.from(seal(k, 'a', bytes), 'base64');
        const bit = where % (sealed.length * 8);
        sealed[bit >> 3] = (sealed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => open(k, 'a', sealed.toString('base64'))).toThrow(SealBroken);
      }),
      { numRuns: 500 },
    );
  });

  it('does not open when any character is another, missing or added', () => {
    const k = newContentKey();
    fc.assert(
      fc.property(anyBytes, fc.nat(), fc.string({ minLength: 0, maxLength: 2 }), (bytes, where, other) => {
        const sealed = seal(k, 'a', bytes);
        const at = where % sealed.length;
        const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
        fc.pre(changed !== sealed);
        expect(() => open(k, 'a', changed)).toThrow(SealBroken);
        expect(() => open(k, 'a', sealed + '\n')).toThrow(SealBroken);
      }),
      { numRuns: 500 },
    );
  });

  it('does not open under another id or key', () => {
    fc.assert(
      fc.property(key, key, fc.string(), fc.string(), anyBytes, (k, otherKey, id, otherId, bytes) => {
        const sealed = seal(k, id, bytes);
        if (otherId !== id) expect(() => open(k, otherId, sealed)).toThrow(SealBroken);
        if (!Buffer.from(otherKey).equals(k)) expect(() => open(otherKey, id, sealed)).toThrow(SealBroken);
      }),
    );
  });

  it('is different each time', () => {
    const k = newContentKey();
    expect(new Set(Array.from({ length: 100 }, () => seal(k, 'a', 'same')))).toHaveProperty('size', 100);
  });

  it.each(['', 'AQAA', 'no base64', 'A'.repeat(100)])('is not %j', (text) => {
    expect(() => open(newContentKey(), 'a', text)).toThrow(SealBroken);
    expect(() => keyVersionOf(text)).toThrow(SealBroken);
  });

  it('says nothing about why it does not open', () => {
    const k = newContentKey();
    const error = (text: string) => {
      try {
        return open(k, 'a', text);
      } catch (thrown) {
        return thrown;
      }
    };
    expect(error(seal(k, 'b', 'x'))).toStrictEqual(error('nonsense'));
    expect((error('nonsense') as Error).cause).toBeUndefined();
  });

  it('takes keys of 32 bytes only', () => {
    expect(() => seal(new Uint8Array(16), 'a', 'x')).toThrow(TypeError);
    expect(() => open(new Uint8Array(16), 'a', 'x')).toThrow(TypeError);
    expect(() => digest(new Uint8Array(16), 'x')).toThrow(TypeError);
    expect(() => seal(newContentKey(), 'a', 'x', 65_536)).toThrow(RangeError);
  });
});

describe('digest', () => {
  it('is a function of key and content, for text as for its bytes', () => {
    fc.assert(
      fc.property(key, fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (k, text, other) => {
        expect(digest(k, text)).toBe(digest(Uint8Array.from(k), Buffer.from(text)));
        expect(digest(k, text) === digest(k, other)).toBe(text === other);
        expect(digest(k, text)).not.toBe(digest(newContentKey(), text));
      }),
    );
  });

  it('stays what it was: stored digests are compared with new ones', () => {
    expect(digest(new Uint8Array(32).fill(7), 'MSH|^~\\&|')).toBe(
      'E4mjC76CAzQmKS-i6-krxK2jY7cXLzpyF_sAJjYmOHk',
    );
  });

  it('is no plain hash', () => {
    expect(digest(newContentKey(), 'x')).not.toBe(createHash('sha256').update('x').digest('base64url'));
  });
});

describe('hmac', () => {
  const k = newContentKey();
  const list = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 4 });

  it('differs when label or parts differ, wherever they are cut', () => {
    fc.assert(
      fc.property(fc.string(), list, fc.string(), list, (label, parts, otherLabel, otherParts) => {
        const same = JSON.stringify([label, ...parts]) === JSON.stringify([otherLabel, ...otherParts]);
        expect(hmac(k, label, ...parts) === hmac(k, otherLabel, ...otherParts)).toBe(same);
      }),
    );
    expect(hmac(k, 'a', 'b', 'c')).not.toBe(hmac(k, 'a', 'bc'));
    expect(hmac(k, 'a', 'b', '')).not.toBe(hmac(k, 'a', 'b'));
    expect(hmac(k, 'ab')).not.toBe(hmac(k, 'a', 'b'));
  });

  it('stays what it was: submission ids are made with it', () => {
    expect(hmac(new Uint8Array(32).fill(7), 'submission', 'client', 'MSH-10', '1')).toBe(
      'MwT_mcgkePrBMTd-ZQqrSh7iUgMM_qPTUTW1M1EFuqE',
    );
  });
});
