import {
  antigensOf,
  cvxOf,
  isPlaceholder,
  manufacturerMakes,
  manufacturerStatus,
  minimumIntervalDays,
  vaccineGroupsOf,
  vaccineName,
  vaccineStatus,
} from './index.js';

describe('Vaccine codes', () => {
  it.each([
    ['20', 'active'],
    ['3', 'active'],
    ['03', 'active'],
    ['01', 'inactive'],
    ['998', 'inactive'],
    ['77', 'non-us'],
    ['61', 'never-active'],
    ['0', 'unknown'],
    ['777', 'unknown'],
    ['', 'unknown'],
  ])('CVX %s is %s', (code, status) => {
    expect(vaccineStatus('CVX', code)).toBe(status);
  });

  it('CPT codes have the status of their CVX', () => {
    expect(vaccineStatus('CPT', '90707')).toBe('active');
    expect(vaccineStatus('CPT', '90701')).toBe('inactive');
    expect(vaccineStatus('CPT', '99999')).toBe('unknown');
  });

  it('an NDC is active to its end of marketing', () => {
    expect(vaccineStatus('NDC', '49281-0516-00', '2017-06-30')).toBe('active');
    expect(vaccineStatus('NDC', '49281-0516-00', '2017-07-01')).toBe('inactive');
    expect(vaccineStatus('NDC', '49281-0516-00')).toBe('active');
    expect(vaccineStatus('NDC', '00006-4119-03', '2030-01-01')).toBe('active');
    expect(vaccineStatus('NDC', '12345-6789-01')).toBe('unknown');
  });

  it.each([
    ['4-4-2', '0006-4119-03'],
    ['4-4-2 without hyphens', '0006411903'],
    ['11 digits', '00006411903'],
    ['5-4-2', '00006-4119-03'],
  ])('an NDC is found in the form %s', (_, ndc) => {
    expect(cvxOf('NDC', ndc)).toBe('165');
  });

  it('an NDC is found where the missing zero is that of the product or of the package', () => {
    for (const ndc of ['49281-425-50', '4928142550', '49281042550']) expect(cvxOf('NDC', ndc)).toBe('140');
    for (const ndc of ['10358160821056', '123', 'abc', '']) expect(cvxOf('NDC', ndc)).toBeUndefined();
  });

  it('map to CVX: units of sale, units of use, procedures', () => {
    expect(cvxOf('NDC', '49281-0425-50')).toBe('140');
    expect(cvxOf('NDC', '49281-0425-88')).toBe('140');
    expect(cvxOf('CPT', '90707')).toBe('03');
    expect(cvxOf('CVX', '3')).toBe('03');
    expect(cvxOf('CVX', '777')).toBeUndefined();
  });

  it('map to the lowest CVX in use where there are several', () => {
    expect(cvxOf('CPT', '90700')).toBe('20');
    expect(cvxOf('CPT', '90734')).toBe('114');
    expect(cvxOf('NDC', '58160-0821-01')).toBe('43');
  });

  it('name antigens and groups', () => {
    expect(antigensOf('110')).toEqual(['Diphtheria', 'HepB', 'Pertussis', 'Polio', 'Tetanus']);
    expect(vaccineGroupsOf('110')).toEqual(['DTAP', 'HepB', 'POLIO']);
    expect(antigensOf('13')).toEqual([]);
    expect(antigensOf('777')).toEqual([]);
    expect(vaccineGroupsOf('777')).toEqual([]);
    expect(vaccineName('03')).toBe('MMR');
    expect(vaccineName('777')).toBeUndefined();
  });

  it('have the smallest interval of their antigens', () => {
    expect(minimumIntervalDays('20')).toBe(24);
    expect(minimumIntervalDays('110')).toBe(7);
    expect(minimumIntervalDays('175')).toBe(7);
    expect(minimumIntervalDays('13')).toBeUndefined();
  });

  it('tell placeholders', () => {
    expect(['998', '999', '99', '20'].filter(isPlaceholder)).toEqual(['998', '999']);
  });

  it('know manufacturers', () => {
    expect(manufacturerStatus('PMC')).toBe('active');
    expect(manufacturerStatus('AB')).toBe('inactive');
    expect(manufacturerStatus('XYZ')).toBe('unknown');
    expect(manufacturerMakes('MSD', '03')).toBe(true);
    expect(manufacturerMakes('PFR', '03')).toBe(false);
    expect(manufacturerMakes('UNK', '03')).toBeUndefined();
    expect(manufacturerMakes('XYZ', '03')).toBeUndefined();
    expect(manufacturerMakes('MSD', '17')).toBeUndefined();
  });
});
