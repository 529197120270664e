// Made by tools/derive-vaccine-codes.mjs; do not edit.
// Source: CDC, CDSi 4.64.

/** antigen | days */
export const MINIMUM_INTERVAL_TABLE = `
COVID-19|17
Dengue|176
Diphtheria|24
HPV|24
HepA|7
HepB|7
Hib|24
Influenza|24
Japanese Encephalitis|7
Measles|24
Meningococcal|52
Meningococcal B|24
Mumps|24
Orthopoxvirus|24
Pertussis|24
Pneumococcal|24
Polio|24
Rabies|7
Rotavirus|24
Rubella|24
TBE|10
Tetanus|24
Typhoid|726
Varicella|24
Zoster|24
`;
