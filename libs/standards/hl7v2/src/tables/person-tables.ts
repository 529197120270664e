/*
 * Tables of persons, as in the CDC guide R1.5, appendix A, with what HL7 v2.5.1 adds to them. Codes only: what they mean
 * is their users' business.
 */

/** HL7 0001. The guide has F, M and U; later guides add X; A, N and O are of HL7 itself. */
export const SEX: ReadonlySet<string> = new Set(['F', 'M', 'U', 'X', 'A', 'N', 'O']);

/** HL7 0136. */
export const YES_OR_NO: ReadonlySet<string> = new Set(['Y', 'N']);

/** HL7 0063. */
export const RELATIONSHIP: ReadonlySet<string> = new Set(
  (
    'ASC BRO CGV CHD DEP DOM EMC EME EMR EXF FCH FND FTH GCH GRD GRP MGR MTH NCH NON OAD OTH OWN PAR SCH SEL SIB SIS ' +
    'SPO TRA UNK WRD'
  ).split(' '),
);

/** Of 0063: who may stand for a child. */
export const GUARDIAN_RELATIONSHIPS: ReadonlySet<string> = new Set(['MTH', 'FTH', 'PAR', 'GRD', 'CGV']);

/** HL7 0215. */
export const PUBLICITY: ReadonlySet<string> = new Set('01 02 03 04 05 06 07 08 09 10 11 12'.split(' '));

/** HL7 0441. */
export const REGISTRY_STATUS: ReadonlySet<string> = new Set(['A', 'I', 'L', 'M', 'O', 'P', 'U']);

/** HL7 0200. */
export const NAME_TYPE: ReadonlySet<string> = new Set('A B C D I K L M N P R S T U'.split(' '));

/** HL7 0190. */
export const ADDRESS_TYPE: ReadonlySet<string> = new Set('BA BDL BR B C F H L M N O P RH V'.split(' '));

/** HL7 0201. */
export const TELECOM_USE: ReadonlySet<string> = new Set('ASN BPN EMR NET ORN PRN PRS VHN WPN'.split(' '));

/** HL7 0202. */
export const TELECOM_EQUIPMENT: ReadonlySet<string> = new Set(
  'BP CP FX Internet MD PH SAT TDD TTY X.400'.split(' '),
);

/** CDCREC, and what senders write when nobody would say. */
const NOT_SAID: ReadonlySet<string> = new Set(['UNK', 'ASKU', 'PHC1175']);
const CDCREC = /^[12]\d{3}-\d$/;

/** HL7 0005 and 0189: the guide's few codes stand in the hierarchy of CDCREC, whose others are as good. */
export const RACE_OR_ETHNICITY = {
  has: (code: string): boolean => CDCREC.test(code) || NOT_SAID.has(code),
};
