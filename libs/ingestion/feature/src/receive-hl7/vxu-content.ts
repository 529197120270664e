import type {
  Demographics,
  PersonIdentifier,
  RegistryStatus,
  SubmissionContent,
  SubmittedDose,
  SubmittedIndication,
} from '@registry/contracts';
import { given } from '../uploads/row-values.js';
import {
  fundingOf,
  indicationsOf,
  type Authority,
  type Identifier,
  type PersonName,
  type Vxu,
  type VxuIndication,
  type VxuOrder,
  type VxuRegistryStatus,
} from '@registry/hl7v2';

/**
 * The registry's own content of a VXU, as it is sealed.
 * @param organizationId stands in for a missing assigning authority: an MRN means something only with its facility
 */
export const contentOf = (vxu: Vxu, raw: string, organizationId: string): SubmissionContent => {
  const registryStatus = registryStatusOf(vxu.patient.registry);
  return {
    contentVersion: 1,
    kind: 'vxu',
    raw,
    demographics: demographicsOf(vxu, organizationId),
    doses: vxu.orders.map((order) => doseOf(order, organizationId)),
    indications: vxu.orders.flatMap((order) => indicationsOf(order).flatMap(indicationOf)),
    ...(registryStatus === undefined ? {} : { registryStatus }),
  };
};

/** PD1 as sent; undefined where it says nothing. */
const registryStatusOf = (status: VxuRegistryStatus): RegistryStatus | undefined => {
  const sent = {
    ...given('publicityCode', status.publicityCode),
    ...given('publicityCodeSince', status.publicityCodeSince),
    ...given('protectionIndicator', status.protectionIndicator),
    ...given('protectionIndicatorSince', status.protectionIndicatorSince),
    ...given('registryStatus', status.registryStatus),
    ...given('registryStatusSince', status.registryStatusSince),
  };
  return Object.keys(sent).length === 0 ? undefined : sent;
};

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
      ...given('county', address.county),
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
    ...given('deathDate', patient.deathDate),
    ...given('died', patient.died),
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

const doseOf = (order: VxuOrder, organizationId: string): SubmittedDose => {
  const { eligibility, source } = fundingOf(order);
  return {
    ...administrationOf(order, organizationId),
    ...given('route', order.route?.route[0]?.code),
    ...given('site', order.route?.site[0]?.code),
    ...given('refusalReason', order.refusalReasons[0]?.code),
    ...given('facility', authorityText(order.administeredAt?.facility)),
    ...given('fundingEligibility', eligibility?.code),
    ...given('fundingSource', source?.code),
  };
};

const administrationOf = (order: VxuOrder, organizationId: string): SubmittedDose => ({
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

/** Presumed immunity is disclosed as the statute's indication, too (DOMAIN 1.4). */
const indicationOf = ({
  kind,
  codes: [coded],
  effectiveOn,
  observedOn,
}: VxuIndication): SubmittedIndication[] =>
  coded === undefined
    ? []
    : [
        {
          kind: kind === 'reaction' ? 'reaction' : 'contraindication',
          code: coded.code,
          ...given('text', coded.text),
          ...given('date', effectiveOn ?? observedOn),
        },
      ];
