export type CodeSystem = 'CVX' | 'NDC' | 'CPT';

/** CVX codes have two or three digits; some senders leave out the leading zero. */
export const normalCvx = (code: string): string => code.trim().padStart(2, '0');

/**
 * The ways in which an NDC may read in 11 digits (5-4-2), the likeliest first. With hyphens there is one: the part that is short gets its
 * zero. Ten digits without hyphens may be 4-4-2, 5-3-2 or 5-4-1, which only the table can tell.
 */
export const normalNdcs = (code: string): readonly string[] => {
  const text = code.trim();
  const parts = /^(\d{4,5})-(\d{3,4})-(\d{1,2})$/.exec(text);
  if (parts !== null) {
    const [, labeler = '', product = '', packaging = ''] = parts;
    return [labeler.padStart(5, '0') + product.padStart(4, '0') + packaging.padStart(2, '0')];
  }
  if (/^\d{11}$/.test(text)) return [text];
  if (!/^\d{10}$/.test(text)) return [];
  return [`0${text}`, `${text.slice(0, 5)}0${text.slice(5)}`, `${text.slice(0, 9)}0${text.slice(9)}`];
};
