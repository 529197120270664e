import type { RecordSource, SourceDemographics, SourceDose, SourceVital } from './source.js';
import type { VaccineFacts } from './vaccine-facts.js';

export const demographics = (over: Partial<SourceDemographics> = {}): SourceDemographics => ({
  identifiers: [{ authority: 'A', type: 'MR', value: '1' }],
  names: [{ family: 'Olson', given: 'Nora' }],
  birthDate: '2024-03-05',
  addresses: [],
  phones: [],
  guardians: [],
  ...over,
});

export const source = (over: Partial<RecordSource> & Pick<RecordSource, 'submissionId'>): RecordSource => ({
  organizationId: 'clinic-a',
  receivedAt: '2026-01-01T00:00:00.000Z',
  arrival: 0,
  kind: 'vxu',
  demographics: demographics(),
  doses: [],
  indications: [],
  ...over,
});

/** A version of a vital record, received when it was issued. */
export const vital = (
  submissionId: string,
  record: Partial<SourceVital>,
  over: Partial<SourceDemographics> = {},
): RecordSource => {
  const issued: SourceVital = {
    event: 'birth',
    register: record.event === 'death' ? 'death' : 'birth',
    fileNumber: '2024-1',
    issuedAt: '2024-03-10T00:00:00Z',
    ...record,
  };
  return source({
    submissionId,
    organizationId: 'vital-records',
    kind: 'vital',
    receivedAt: new Date(issued.issuedAt).toISOString(),
    demographics: demographics(over),
    vital: issued,
  });
};

export const dose = (over: Partial<SourceDose> = {}): SourceDose => ({
  date: '2024-05-10',
  codes: [{ system: 'CVX', value: '20' }],
  source: '00',
  completion: 'CP',
  action: 'A',
  ...over,
});

export const ordered = (value: string, over: Partial<SourceDose> = {}): SourceDose =>
  dose({ orderNumber: { authority: 'A', value }, ...over });

export const cvx = (value: string): Pick<SourceDose, 'codes'> => ({ codes: [{ system: 'CVX', value }] });

const ANTIGENS: Readonly<Record<string, readonly string[]>> = {
  '03': ['Measles', 'Mumps', 'Rubella'],
  '08': ['HepB'],
  '10': ['Polio'],
  '13': [],
  '20': ['Diphtheria', 'Pertussis', 'Tetanus'],
  '110': ['Diphtheria', 'HepB', 'Pertussis', 'Polio', 'Tetanus'],
  '175': ['Rabies'],
  '304': ['Chikungunya'],
  '998': [],
};

const INTERVALS: Readonly<Record<string, number>> = {
  '03': 24,
  '08': 7,
  '10': 24,
  '20': 24,
  '110': 3,
  '175': 7,
};

export const FACTS: VaccineFacts = {
  cvxOf: (system, code) => {
    if (system === 'NDC') return code === '58160-0810-52' ? '20' : undefined;
    if (system === 'CPT') return code === '90713' ? '10' : undefined;
    return code in ANTIGENS ? code : undefined;
  },
  antigensOf: (code) => ANTIGENS[code] ?? [],
  minimumIntervalDays: (code) => INTERVALS[code],
};
