import type { IsoDate } from './hl7-date.js';
import { LOINC } from './tables/observation-tables.js';
import type { Coded, VxuObservation, VxuOrder } from './vxu.js';

/** What the statute calls a contraindication or adverse reaction indication. */
export interface VxuIndication {
  readonly kind: 'contraindication' | 'reaction' | 'presumed-immunity';
  /** OBX-5: the first code and its alternate. */
  readonly codes: readonly Coded[];
  /** Of a contraindication: 30946-8 of the same OBX-4. */
  readonly effectiveOn?: IsoDate | undefined;
  /** Of a temporary contraindication: 30944-3 of the same OBX-4. */
  readonly expiresOn?: IsoDate | undefined;
  /** OBX-14. */
  readonly observedOn?: IsoDate | undefined;
}

/** How a dose was paid for. */
export interface VxuFunding {
  /** 64994-7, HL7 table 0064. */
  readonly eligibility?: Coded | undefined;
  /** 30963-3. */
  readonly source?: Coded | undefined;
}

/** A vaccine information statement that was handed out. */
export interface VxuInformationStatement {
  /** 69764-9, the document itself. */
  readonly document?: Coded | undefined;
  /** 30956-7, the vaccine that it is about. */
  readonly vaccine?: Coded | undefined;
  /** 29768-9. */
  readonly publishedOn?: IsoDate | undefined;
  /** 29769-7. */
  readonly presentedOn?: IsoDate | undefined;
}

const INDICATION_KINDS: ReadonlyMap<string, VxuIndication['kind']> = new Map([
  [LOINC.contraindication, 'contraindication'],
  [LOINC.reaction, 'reaction'],
  [LOINC.presumedImmunity, 'presumed-immunity'],
]);

/** Contraindications, reactions and presumed immunity of one order (DOMAIN 1.4), in the order sent. */
export function indicationsOf({ observations }: Pick<VxuOrder, 'observations'>): readonly VxuIndication[] {
  return observations.flatMap((observation): VxuIndication[] => {
    const { code, value, subId, observedOn } = observation;
    const kind = INDICATION_KINDS.get(code.code);
    if (kind === undefined || value.kind !== 'coded') return [];
    if (kind !== 'contraindication') return [{ kind, codes: value.codes, observedOn }];
    const group = observations.filter((other) => other.subId === subId);
    const effectiveOn = dateOf(group, LOINC.contraindicationEffectiveOn);
    const expiresOn = dateOf(group, LOINC.contraindicationExpiresOn);
    return [{ kind, codes: value.codes, effectiveOn, expiresOn, observedOn }];
  });
}

/** Funding of one order; the first of each when there are several. */
export function fundingOf({ observations }: Pick<VxuOrder, 'observations'>): VxuFunding {
  return {
    eligibility: codeOf(observations, LOINC.fundingEligibility),
    source: codeOf(observations, LOINC.fundingSource),
  };
}

/** The information statements of one order: observations of one OBX-4 are about one statement. */
export function informationStatementsOf({
  observations,
}: Pick<VxuOrder, 'observations'>): readonly VxuInformationStatement[] {
  const groups = new Map<string | undefined, VxuObservation[]>();
  for (const observation of observations) {
    const group = groups.get(observation.subId);
    if (group) group.push(observation);
    else groups.set(observation.subId, [observation]);
  }
  return [...groups.values()].flatMap((group): VxuInformationStatement[] => {
    const statement = {
      document: codeOf(group, LOINC.documentType),
      vaccine: codeOf(group, LOINC.vaccineType),
      publishedOn: dateOf(group, LOINC.documentPublishedOn),
      presentedOn: dateOf(group, LOINC.documentPresentedOn),
    };
    return statement.document || statement.vaccine ? [statement] : [];
  });
}

/** 30973-2: which dose of its series the sender takes it for. */
export function doseNumberOf({ observations }: Pick<VxuOrder, 'observations'>): number | undefined {
  const value = observations.find(({ code }) => code.code === LOINC.doseNumber)?.value;
  return value?.kind === 'number' ? value.number : undefined;
}

function codeOf(observations: readonly VxuObservation[], loinc: string): Coded | undefined {
  const value = observations.find(({ code }) => code.code === loinc)?.value;
  return value?.kind === 'coded' ? value.codes[0] : undefined;
}

function dateOf(observations: readonly VxuObservation[], loinc: string): IsoDate | undefined {
  const value = observations.find(({ code }) => code.code === loinc)?.value;
  return value?.kind === 'date' ? value.date : undefined;
}
