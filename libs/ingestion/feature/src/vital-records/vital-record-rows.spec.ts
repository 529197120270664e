import { SubmissionContent, validatorOf } from '@registry/contracts';
import type { RowContext } from '../uploads/upload-kind.js';
import { BIRTHS as births, DEATHS as deaths } from './vital-record-rows.js';

const context = {
  caller: { organizationId: 'office' },
  category: 'registry-operations',
  today: '2026-11-24',
} as RowContext;

const birth = {
  event: 'birth',
  fileNumber: '2026-000123',
  issuedAt: '2026-11-02T15:00:00Z',
  family: 'Olson',
  given: 'Nora',
  birthDate: '2026-11-01',
  sex: 'F',
  multipleBirth: 'true',
  birthOrder: '2',
  motherFamily: 'Olson',
  motherGiven: 'Karin',
  motherMaidenFamily: 'Lind',
  street: '12 Lake St',
  zip: '55802',
  county: '27137',
  phone: '(218) 555-0142',
  facilityMrn: '1001',
  facilityAuthority: 'LAKE',
  noticeIssuer: '27137',
  noticeFormVersion: '2026-1',
};
const death = { ...birth, event: 'death', deathDate: '2026-11-20', birthFileNumber: '2026-000123' };

const problems = (value: unknown, kind = births) => {
  const reading = kind.read(value, context);
  return 'problems' in reading ? reading.problems : [];
};

describe('A vital record', () => {
  it('becomes content that contexts understand', () => {
    const reading = births.read(birth, context);
    if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
    expect(validatorOf('SubmissionContent', SubmissionContent)(reading.content)).toMatchObject({
      kind: 'vital',
      demographics: {
        identifiers: [
          { authority: 'office', type: 'BR', value: '2026-000123' },
          { authority: 'LAKE', type: 'MR', value: '1001' },
        ],
        names: [{ family: 'Olson', given: 'Nora', use: 'L' }],
        mothersMaidenName: { family: 'Lind', given: 'Karin' },
        multipleBirth: true,
        birthOrder: 2,
        phones: ['2185550142'],
        guardians: [{ family: 'Olson', given: 'Karin', relationship: 'MTH' }],
      },
      vital: {
        event: 'birth',
        fileNumber: '2026-000123',
        issuedAt: '2026-11-02T15:00:00.000Z',
        notice: { issuer: '27137', formVersion: '2026-1' },
      },
    });
  });

  it('is named by register, file number and version', () => {
    const name = (value: unknown, kind = births) => {
      const reading = kind.read(value, context);
      return 'problems' in reading ? undefined : reading.name;
    };
    expect(name({ ...birth, event: 'amendment' })).toBe(name(birth));
    expect(name({ ...birth, issuedAt: '2026-11-03T15:00:00Z' })).not.toBe(name(birth));
    expect(name(death, deaths)).not.toBe(name(birth));
    expect(name({ ...death, event: 'void' }, deaths)).toBe(name(death, deaths));
  });

  it('that withdraws a death says of which register it is, and of no death', () => {
    const reading = deaths.read({ ...death, event: 'void', register: 'death' }, context);
    if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
    const { vital, demographics } = validatorOf('SubmissionContent', SubmissionContent)(reading.content);
    expect(vital).toMatchObject({ event: 'void', register: 'death' });
    expect(demographics).not.toHaveProperty('died');
    expect(demographics).not.toHaveProperty('deathDate');
    expect(demographics.identifiers).toEqual([{ authority: 'LAKE', type: 'MR', value: '1001' }]);
  });

  it('takes the same row from CSV and from JSON for the same', () => {
    const fromJson = births.read({ ...birth, multipleBirth: true, birthOrder: 2 }, context);
    const fromCsv = births.read(birth, context);
    if ('problems' in fromJson || 'problems' in fromCsv) throw new Error('Not taken');
    expect(fromJson.content.demographics).toEqual(fromCsv.content.demographics);
  });

  it.each([
    [[], [{ field: '', code: 'not-an-object' }]],
    ['text', [{ field: '', code: 'not-an-object' }]],
    [{ ...birth, family: undefined }, [{ field: 'family', code: 'missing' }]],
    [{ ...birth, given: 7 }, [{ field: 'given', code: 'invalid' }]],
    [{ ...birth, secretName: 'x' }, [{ field: '', code: 'unknown-property' }]],
    [{ ...birth, given: 'a\u0000' }, [{ field: '', code: 'not-text' }]],
    [{ ...birth, birthDate: '2026-02-30' }, [{ field: 'birthDate', code: 'not-a-date' }]],
    [{ ...birth, birthDate: '2026-12-24' }, [{ field: 'birthDate', code: 'in-the-future' }]],
    [{ ...birth, issuedAt: '2026-13-01T00:00:00Z' }, [{ field: 'issuedAt', code: 'not-an-instant' }]],
    [{ ...birth, replaces: '1' }, [{ field: 'replaces', code: 'only-of-a-replacement' }]],
    [{ ...birth, noticeIssuer: undefined }, [{ field: 'noticeFormVersion', code: 'only-with-issuer' }]],
    [{ ...birth, deathDate: '2026-11-20' }, [{ field: 'deathDate', code: 'only-of-a-death' }]],
    [death, [{ field: 'event', code: 'not-of-this-register' }]],
    [{ ...birth, event: 'void', register: 'death' }, [{ field: 'register', code: 'not-of-this-register' }]],
  ])('names what is wrong with a birth and no value: %#', (value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  it.each([
    [{ ...death, deathDate: undefined }, [{ field: 'deathDate', code: 'missing' }]],
    [{ ...death, event: 'void', deathDate: undefined }, []],
    [{ ...death, event: 'amendment' }, [{ field: 'event', code: 'not-of-this-register' }]],
    [{ ...death, deathDate: '2026-10-20' }, [{ field: 'deathDate', code: 'before-birth' }]],
    [{ ...death, deathDate: '2026-11-25' }, [{ field: 'deathDate', code: 'in-the-future' }]],
    [birth, [{ field: 'event', code: 'not-of-this-register' }]],
  ])('names what is wrong with a death: %#', (value, expected) => {
    expect(problems(value, deaths)).toEqual(expected);
  });
});
