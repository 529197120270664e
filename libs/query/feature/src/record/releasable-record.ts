import type { PersonRecord, RecordedDose, RecordedIndication } from '@registry/privacy-gate';
import type { ConsolidatedDose, ConsolidatedIndication, ConsolidatedRecord } from '@registry/query-domain';

/**
 * What may be released of a consolidated record, value by value: whatever else it holds (which submissions its values come from, refusals,
 * phones, funding) stays, also what is added to it later. The ceiling is the statute's (DOMAIN 2.1).
 */
export const releasable = ({
  name,
  birthDate,
  sex,
  addresses,
  guardians,
  doses,
  indications,
}: ConsolidatedRecord): PersonRecord => ({
  name,
  birthDate,
  ...(sex === undefined ? {} : { sex }),
  addresses,
  guardians,
  doses: doses.map(doseOf),
  indications: indications.map(indicationOf),
});

const doseOf = ({
  date,
  codes,
  completion,
  historical,
  lot,
  manufacturer,
  expiration,
}: ConsolidatedDose): RecordedDose => ({
  date,
  codes,
  completion,
  historical,
  ...(lot === undefined ? {} : { lot }),
  ...(manufacturer === undefined ? {} : { manufacturer }),
  ...(expiration === undefined ? {} : { expiration }),
});

const indicationOf = ({ kind, code, text, date }: ConsolidatedIndication): RecordedIndication => ({
  kind,
  code,
  ...(text === undefined ? {} : { text }),
  ...(date === undefined ? {} : { date }),
});
