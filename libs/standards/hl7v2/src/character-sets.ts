/**
 * HL7 table 0211, and the DICOM names that senders write for the same sets: the name in MSH-18, in capitals and without
 * spaces, to the name that `TextDecoder` knows it by. ASCII is read as the sets that contain it are.
 */
const DECODER_NAMES: ReadonlyMap<string, string> = new Map([
  ['ASCII', 'us-ascii'],
  ['USASCII', 'us-ascii'],
  ['ISOIR6', 'us-ascii'],
  // What calls itself 8859/1 is windows-1252 as soon as it uses the places in which they differ.
  ['8859/1', 'windows-1252'],
  ['ISOIR100', 'windows-1252'],
  ['WINDOWS1252', 'windows-1252'],
  ['CP1252', 'windows-1252'],
  ['8859/2', 'iso-8859-2'],
  ['ISOIR101', 'iso-8859-2'],
  ['8859/3', 'iso-8859-3'],
  ['ISOIR109', 'iso-8859-3'],
  ['8859/4', 'iso-8859-4'],
  ['ISOIR110', 'iso-8859-4'],
  ['8859/5', 'iso-8859-5'],
  ['ISOIR144', 'iso-8859-5'],
  ['8859/6', 'iso-8859-6'],
  ['ISOIR127', 'iso-8859-6'],
  ['8859/7', 'iso-8859-7'],
  ['ISOIR126', 'iso-8859-7'],
  ['8859/8', 'iso-8859-8'],
  ['ISOIR138', 'iso-8859-8'],
  ['8859/9', 'windows-1254'],
  ['ISOIR148', 'windows-1254'],
  ['8859/10', 'iso-8859-10'],
  ['8859/11', 'windows-874'],
  ['ISOIR166', 'windows-874'],
  ['8859/13', 'iso-8859-13'],
  ['8859/14', 'iso-8859-14'],
  ['8859/15', 'iso-8859-15'],
  ['ISOIR203', 'iso-8859-15'],
  ['ISOIR14', 'shift_jis'],
  ['ISOIR13', 'shift_jis'],
  ['ISOIR87', 'iso-2022-jp'],
  ['ISOIR159', 'iso-2022-jp'],
  ['KSX1001', 'euc-kr'],
  ['ISOIR149', 'euc-kr'],
  ['GB18030-2000', 'gb18030'],
  ['GB18030', 'gb18030'],
  ['BIG-5', 'big5'],
  ['BIG5', 'big5'],
  ['UNICODE', 'utf-8'],
  ['UNICODEUTF-8', 'utf-8'],
  ['UTF-8', 'utf-8'],
  ['UTF8', 'utf-8'],
  ['ISOIR192', 'utf-8'],
  ['UNICODEUTF-16', 'utf-16'],
  ['UTF-16', 'utf-16'],
]);

/**
 * What a name in MSH-18 means to `TextDecoder`; `us-ascii` and `utf-16` stand for themselves. `undefined`: no set that
 * can be read.
 */
export function decoderNameOf(characterSet: string): string | undefined {
  const name = characterSet
    .toUpperCase()
    .replace(/[\s_]/g, '')
    .replace(/^ISO-?8859[/-]/, '8859/');
  return DECODER_NAMES.get(name);
}
