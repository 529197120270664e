import fc from 'fast-check';
import { type Delimiters, STANDARD_DELIMITERS, readDelimiters } from './delimiters.js';
import { escapeText, unescapeText } from './escape-sequences.js';
import { parseMessage } from './parse-message.js';

/** No text that a store could keep has a zero character. */
const anyText = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\u0000', ''));
const OTHERS: Delimiters = { field: '#', component: '*', repetition: '!', escape: '%', subcomponent: '$' };

describe('escape sequences', () => {
  it.each([
    ['O\\T\\M', 'O&M'],
    ['a\\F\\b\\S\\c\\R\\d\\E\\e', 'a|b^c~d\\e'],
    ['line\\.br\\line', 'line\nline'],
    ['\\H\\bold\\N\\', 'bold'],
    ['\\X41C3A9\\', 'Aé'],
    // Unknown, odd, unclosed: as sent.
    ['C:\\dir', 'C:\\dir'],
    ['\\Z9\\', '\\Z9\\'],
    ['\\XA\\', '\\XA\\'],
    ['a\\', 'a\\'],
    ['\\\\', '\\\\'],
    // A stray backslash does not eat the sequence behind it.
    ['a\\b\\T\\c', 'a\\b&c'],
  ])('reads %j as %j', (sent, read) => {
    expect(unescapeText(sent, STANDARD_DELIMITERS)).toBe(read);
  });

  it.each(['\\X00\\', '\\X410042\\', '\\XEDA080\\'])(
    'lets no character out of %j that no store takes',
    (sent) => {
      const read = unescapeText(sent, STANDARD_DELIMITERS);
      expect(read).not.toContain('\u0000');
      expect(read).toContain('\ufffd');
      expect(/\p{Surrogate}/u.test(read)).toBe(false);
    },
  );

  it('writes control characters so that they cannot end a segment', () => {
    expect(escapeText('a\rMSA|AA')).toBe('a\\X0D\\MSA\\F\\AA');
  });

  it.each([
    ['standard', STANDARD_DELIMITERS],
    ['other', OTHERS],
  ])('reads back whatever it wrote, with %s delimiters', (_, delimiters) => {
    fc.assert(
      fc.property(anyText, (value) => {
        expect(unescapeText(escapeText(value, delimiters), delimiters)).toBe(value);
      }),
    );
    const tricky = fc.string({
      unit: fc.constantFrom('\\', '|', '^', '&', '~', '\r', '\n', 'E', 'X', '0', 'D', '%'),
    });
    fc.assert(
      fc.property(tricky, (value) => {
        expect(unescapeText(escapeText(value, delimiters), delimiters)).toBe(value);
      }),
    );
  });

  it('carries any value through a message', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const message = parseMessage(`MSH|^~\\&|A\rPID|1||${escapeText(value)}^x&${escapeText(value)}|z\r`);
        const pid = message.segments[1];
        expect(message.segments).toHaveLength(2);
        expect(pid?.value(3)).toBe(value);
        expect(pid?.value(3, 2, 2)).toBe(value);
        expect(pid?.value(4)).toBe('z');
      }),
    );
  });
});

describe('readDelimiters', () => {
  it.each([
    ['^~\\&', { repaired: false, unusual: false }],
    ['^~\\\\&', { repaired: true, unusual: false }],
    ['^~\\\\\\\\&', { repaired: true, unusual: false }],
    ['^~\\&#', { repaired: false, unusual: true }],
    ['*~\\&', { repaired: false, unusual: true }],
  ])('uses %j', (sent, expected) => {
    expect(readDelimiters('|', sent)).toMatchObject({ kind: 'read', ...expected });
  });

  it.each(['', '^', '^~\\', '^~\\a', '^~ &', '^~\\&#!', '^~\\|', '^~^&', 'EHR', '^~\\\u00e9'])(
    'refuses %j',
    (sent) => {
      expect(readDelimiters('|', sent)).toEqual({ kind: 'unusable' });
    },
  );
});
