/** Who is in the story. Nobody in it is real. */

export const ORGANIZATIONS = {
  lakeside: {
    name: 'Lakeside Clinic',
    key: 'demo-lakeside-clinic',
    id: 'd0000000-0000-4000-8000-000000000001',
    facility: 'LAKE',
  },
  prairie: {
    name: 'Prairie Clinic',
    key: 'demo-prairie-clinic',
    id: 'd0000000-0000-4000-8000-000000000002',
    facility: 'PRAIRIE',
  },
};
export const VITAL_RECORDS = 'demo-vital-records';
export const HELP_DESK = 'demo-help-desk';
export const SECOND_STAFF = 'demo-help-desk-2';
export const AUDITOR = 'demo-auditor';

export const nora = { family: 'Olson', given: 'Nora', birthDate: '2024-03-05', sex: 'F', mother: 'Lind' };

export const BIRTHS = [
  'event,fileNumber,issuedAt,family,given,birthDate,sex,motherFamily,motherGiven,motherMaidenFamily,street,city,state,zip',
  'birth,2024-000123,2024-03-06T15:00:00Z,Olson,Nora,2024-03-05,F,Olson,Karin,Lind,1 Elm Street,Duluth,MN,55802',
  'birth,2024-000124,2024-03-06T15:00:00Z,Vang,Mai,2024-03-05,F,Vang,Pa,Xiong,7 Oak Avenue,Duluth,MN,55803',
  'birth,2024-000125,2024-03-06T15:00:00Z,Olson,Nils,2024-02-30,M,Olson,Karin,Lind,1 Elm Street,Duluth,MN,55802',
  '',
].join('\n');

let control = 0;

/** A VXU of one dose given by a clinic. `person` may leave out mother and address: then less agrees with what is known. */
export const vxu = ({ facility }, person, { mrn, date, cvx, vaccine, lot }) => {
  control += 1;
  const compact = (day) => day.replaceAll('-', '');
  const mother = person.mother === undefined ? '' : `${person.mother}^Karin^^^^^M`;
  const address = person.street === undefined ? '' : `|||${person.street}^^Duluth^MN^${person.zip}^USA^H`;
  return [
    `MSH|^~\\&|EHR|${facility}|MIIC|MIIC|20261101120000-0600||VXU^V04^VXU_V04|DEMO-${control}|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS`,
    `PID|1||${mrn}^^^${facility}^MR||${person.family}^${person.given}^^^^^L|${mother}|${compact(person.birthDate)}|${person.sex}${address}`,
    `ORC|RE||${mrn}-${control}^${facility}`,
    `RXA|0|1|${compact(date)}||${cvx}^${vaccine}^CVX|0.5|mL^mL^UCUM||00^New Record^NIP001||||||${lot}|20291231|PMC^Sanofi^MVX|||CP|A`,
    '',
  ].join('\r');
};
