import type {
  Demographics,
  PersonIdentifier,
  SubmissionContent,
  SubmittedDose,
  SubmittedIndication,
} from '@registry/contracts';
import { given } from '../uploads/row-values.js';
import type { Authority, Identifier, PersonName, Vxu, VxuObservation, VxuOrder } from '@registry/hl7v2';

/**
 * The registry's own content of a VXU, as it is sealed.
 * @param organizationId stands in for a missing assigning authority: an MRN means something only with its facility
 */
export const contentOf = (vxu: Vxu, raw: string, organizationId: string): SubmissionContent => ({
  contentVersion: 1,
  kind: 'vxu',
  raw,
  demographics: demographicsOf(vxu, organizationId),
  doses: vxu.orders.map((order) => doseOf(order, organizationId)),
  indications: vxu.orders.flatMap((order) => order.observations.flatMap(indicationsOf)),
});

const demographicsOf = ({ patient, nextOfKin }: Vxu, organizationId: string): Demographics => {
  const [mother] = patient.mothersMaidenNames;
  return {
    identifiers: patient.identifiers.map((identifier) => identifierOf(identifier, organizationId)),
    names: patient.names.map(nameOf),
    birthDate: patient.birthDate,
    ...given('sex', patient.sex),
    ...(mother === undefined
      ? {}
      : { mothersMaidenName: { ...given('family', mother.family), ...given('given', mother.given) } }),
    addresses: patient.addresses.map((address) => ({
      ...given('street', address.street),
      ...given('other', address.otherDesignation),
      ...given('city', address.city),
      ...given('state', address.state),
      ...given('zip', address.postalCode),
      ...given('country', address.country),
    })),
    phones: patient.telecoms.flatMap((telecom) => {
      const digits = `${telecom.areaCode ?? ''}${telecom.localNumber ?? telecom.unformatted ?? ''}`.replace(
        /\D/g,
        '',
      );
      return digits === '' ? [] : [digits];
    }),
    ...given('multipleBirth', patient.multipleBirth),
    ...given('birthOrder', patient.birthOrder),
    guardians: nextOfKin.flatMap(({ name, relationship }) =>
      name.family === undefined || name.given === undefined
        ? []
        : [{ family: name.family, given: name.given, relationship: relationship.code }],
    ),
  };
};

const identifierOf = ({ value, authority, type }: Identifier, organizationId: string): PersonIdentifier => ({
  authority: authorityText(authority) ?? organizationId,
  type: type ?? 'MR',
  value,
});

const authorityText = (authority: Authority | undefined): string | undefined =>
  authority?.universalId ?? authority?.namespace;

const nameOf = (name: PersonName) => ({
  family: name.family ?? '',
  given: name.given ?? '',
  ...given('middle', name.middle),
  ...given('suffix', name.suffix),
  ...given('use', name.type),
});

const doseOf = (order: VxuOrder, organizationId: string): SubmittedDose => ({
  ...(order.fillerOrderNumber === undefined
    ? {}
    : {
        orderNumber: {
          authority: authorityText(order.fillerOrderNumber.authority) ?? organizationId,
          value: order.fillerOrderNumber.value,
        },
      }),
  date: order.administeredOn,
  codes: order.vaccineCodes.map(({ system, code, text }) => ({
    system,
    value: code,
    ...given('text', text),
  })),
  ...given('source', order.source?.code),
  completion: order.completion,
  action: order.action,
  ...given('lot', order.lotNumbers[0]),
  ...given('manufacturer', order.manufacturer?.code),
  ...given('expiration', order.lotExpiresOn),
  ...given('amount', order.amount === undefined ? undefined : String(order.amount)),
  ...given('unit', order.unit?.code),
});

/** LOINC codes of what the statute calls a contraindication or adverse reaction indication (DOMAIN 1.4). */
const INDICATION_KINDS: Readonly<Record<string, SubmittedIndication['kind']>> = {
  '30945-0': 'contraindication',
  '31044-1': 'reaction',
  '59784-9': 'contraindication',
};

const indicationsOf = ({ code, value, observedOn }: VxuObservation): SubmittedIndication[] => {
  const kind = INDICATION_KINDS[code.code];
  const [coded] = value.kind === 'coded' ? value.codes : [];
  if (kind === undefined || coded === undefined) return [];
  return [{ kind, code: coded.code, ...given('text', coded.text), ...given('date', observedOn) }];
};
