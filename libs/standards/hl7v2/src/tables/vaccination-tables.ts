/* Tables of RXA and RXR, as in the CDC guide R1.5, appendix A. CVX, MVX, NDC and CPT come from outside: `CodeTables`. */

/** NIP001: RXA-9. */
export const INFORMATION_SOURCE: ReadonlySet<string> = new Set('00 01 02 03 04 05 06 07 08'.split(' '));

/** Of NIP001: the sender gave the dose itself. */
export const ADMINISTERED_HERE = '00';

/** NIP002: RXA-18. */
export const REFUSAL_REASON: ReadonlySet<string> = new Set(['00', '01', '02', '03']);

/** RXR-1: NCI Thesaurus, and HL7 0162. */
export const ROUTE: ReadonlySet<string> = new Set(
  (
    'C38238 C28161 C38284 C38276 C38288 C38676 C38299 C38305 ' +
    'AP B DT EP ET GTT GU IA IB IC ICV ID IH IHA IM IMR IN IO IP IS IT IU IV MTH MM NG NP NS NT OP OT OTH PF PO PR RM ' +
    'SC SD SL TD TL TP TRA UR VA VM WND'
  ).split(' '),
);

/** RXR-2: HL7 0163. */
export const BODY_SITE: ReadonlySet<string> = new Set(
  (
    'BE BN BU CT LA LAC LACF LD LE LEJ LF LG LH LIJ LLAQ LLFA LMFA LN LPC LSC LT LUA LUAQ LUFA LVG LVL NB OD OS OU PA ' +
    'PERIN RA RAC RACF RD RE REJ RF RG RH RIJ RLAQ RLFA RMFA RN RPC RSC RT RUA RUAQ RUFA RVG RVL'
  ).split(' '),
);
