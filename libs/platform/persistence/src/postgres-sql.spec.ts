import { numbered, PreparedTexts, SELECTED_VALUES } from './postgres-sql.js';

describe('placeholders', () => {
  it.each([
    ['a = ? AND b = ?', 'a = $1 AND b = $2'],
    [`a = '?' AND b = ?`, `a = '?' AND b = $1`],
    [`a = 'it''s ?' AND b = ?`, `a = 'it''s ?' AND b = $1`],
    ['"odd?name" = ?', '"odd?name" = $1'],
    ['"odd""?name" = ?', '"odd""?name" = $1'],
    ['a = ? -- why?\n AND b = ?', 'a = $1 -- why?\n AND b = $2'],
    ['a = ? /* why?\n */ AND b = ?', 'a = $1 /* why?\n */ AND b = $2'],
    ['SELECT 1', 'SELECT 1'],
  ])('%s', (sql, expected) => {
    expect(numbered(sql)).toBe(expected);
  });
});

describe('prepared texts', () => {
  it('have one name each, until there are too many', () => {
    const texts = new PreparedTexts();
    const [a, b] = ['SELECT ?', 'SELECT ?, 1'].map((sql) => texts.of(sql, numbered));
    expect(a?.text).toBe('SELECT $1');
    expect(texts.of('SELECT ?', numbered)).toBe(a);
    expect(b?.name).not.toBe(a?.name);
    for (let i = 0; i < 300; i += 1) texts.of(`SELECT ${i}`);
    expect(texts.of('SELECT 299')).toStrictEqual({ text: 'SELECT 299' });
    expect(texts.of('SELECT ?', numbered)).toBe(a);
  });
});

describe('selected values', () => {
  const parse = (oid: number, text: string) =>
    (SELECTED_VALUES.getTypeParser(oid, 'text') as (value: string) => unknown)(text);

  it('are as SQLite gives them', () => {
    expect([
      parse(16, 't'),
      parse(16, 'f'),
      parse(20, '12'),
      parse(1700, '1.5'),
      parse(25, 't'),
    ]).toStrictEqual([1, 0, 12, 1.5, 't']);
    expect(parse(17, '\\x00ff')).toStrictEqual(Uint8Array.of(0, 255));
  });

  it('refuse an integer that a number would change', () => {
    expect(() => parse(20, '9007199254740993')).toThrow(RangeError);
  });
});
