/** What a letter or an e-mail says: nothing about any vaccine, in any place, and no name in an e-mail. */
export interface ReminderText {
  readonly subject: string;
  readonly text: string;
}

export const reminderText = (agency: string): ReminderText => ({
  subject: 'A message from public health',
  text: [
    'Hello,',
    '',
    'Vaccinations may be due in your household. Please ask your clinic, or look into your own record.',
    '',
    'You can stop these messages at any time, without giving a reason: ask the registry’s help desk.',
    '',
    agency,
  ].join('\n'),
});

export interface Recipient {
  readonly name: { readonly given: string; readonly family: string };
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
  readonly address: {
    readonly street?: string;
    readonly other?: string;
    readonly city?: string;
    readonly state?: string;
    readonly zip?: string;
  };
}

/** Name and address, line by line; a minor's letter goes to whoever looks after the minor. Undefined: no address to write to. */
export const addressLines = (
  { name, birthDate, address }: Recipient,
  today: string,
): readonly string[] | undefined => {
  const { street, other, city, state, zip } = address;
  if (street === undefined || (city === undefined && zip === undefined)) return undefined;
  const full = `${name.given} ${name.family}`.trim();
  const isMinor = today < `${Number(birthDate.slice(0, 4)) + 18}${birthDate.slice(4)}`;
  const place = [city, [state, zip].filter((part) => part !== undefined).join(' ')];
  return [
    isMinor ? `To the parent or guardian of ${full}` : full,
    street,
    ...(other === undefined ? [] : [other]),
    place.filter((part) => part !== undefined && part !== '').join(', '),
  ];
};
