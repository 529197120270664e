const DAY_MS = 86_400_000;

/** The vital records of a child, in the order in which the office makes them. None of one born elsewhere. */
export const vitalRecordsOf = (child) => {
  if (child.bornElsewhere) return [];
  const fileNumber = `${child.birthDate.slice(0, 4)}-${String(child.key).padStart(9, '0')}`;
  const record = {
    event: 'birth',
    fileNumber,
    issuedAt: instant(child, 3),
    family: child.family,
    given: child.unnamedAtFirst ? (child.sex === 'F' ? 'Baby Girl' : 'Baby Boy') : child.given,
    middle: child.unnamedAtFirst ? undefined : child.middle,
    birthDate: child.birthDate,
    sex: child.sex,
    ...(child.twins ? { multipleBirth: true, birthOrder: child.order } : {}),
    motherFamily: child.parents.family,
    motherGiven: child.parents.mother,
    motherMaidenFamily: child.parents.maiden,
    parentFamily: child.parents.family,
    parentGiven: child.parents.other,
    street: child.home.street,
    city: child.home.city,
    state: child.home.state,
    zip: child.home.zip,
    county: child.home.county,
    phone: child.home.phone,
    facilityMrn: String(child.key),
    facilityAuthority: child.clinic.authority,
    noticeIssuer: child.home.county,
    noticeFormVersion: '2026-1',
  };
  const records = [record];
  if (child.unnamedAtFirst || child.amended) {
    records.push({
      ...record,
      event: 'amendment',
      issuedAt: instant(child, 30),
      given: child.given,
      middle: child.middle,
    });
  }
  if (child.adopted) {
    records.push({
      ...record,
      facilityMrn: undefined,
      facilityAuthority: undefined,
      event: 'replacement',
      issuedAt: instant(child, 300),
      fileNumber: `${fileNumber}-R`,
      replaces: fileNumber,
      family: child.adoptiveFamily,
      given: child.given,
      motherFamily: child.adoptiveFamily,
    });
  }
  if (child.voided) records.push({ ...record, event: 'void', issuedAt: instant(child, 40) });
  return records;
};

const instant = (child, days) => new Date(child.born + days * DAY_MS + 54_000_000).toISOString();
