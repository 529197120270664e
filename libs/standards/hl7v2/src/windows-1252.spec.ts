import { decodeWindows1252 } from './windows-1252.js';

describe('decodeWindows1252', () => {
  it('has quotation marks where ISO 8859-1 has control characters', () => {
    expect(decodeWindows1252(Uint8Array.of(0x4f, 0x92, 0x4e, 0x80, 0x9f))).toBe('O’N€Ÿ');
  });

  it('makes a character of every byte, and no two the same', () => {
    const text = decodeWindows1252(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    expect(text).toHaveLength(256);
    expect(new Set(text).size).toBe(256);
    expect(text.slice(0xa0)).toBe(
      Buffer.from(Uint8Array.from({ length: 96 }, (_, i) => 0xa0 + i)).toString('latin1'),
    );
  });

  it('reads a part of a larger buffer', () => {
    expect(decodeWindows1252(Uint8Array.of(1, 0x41, 0xe9, 2).subarray(1, 3))).toBe('Aé');
  });
});
