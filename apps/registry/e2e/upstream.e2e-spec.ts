import { filesHolding } from './data-files.js';
import { enrol, registerClient } from './enrolment.js';
import { Facts } from './facts.js';
import { decided, eventually, RegistryProcess, temporaryFolder, type Answer } from './registry-process.js';
import { acknowledgedAs, vxu, withoutOwnIds, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE = 'demo-prairie-clinic';
const VITAL_RECORDS = 'demo-vital-records';
const VITAL_RECORDS_ID = 'd0000000-0000-4000-8000-000000000008';
const SCHOOL = 'demo-school';
const SCHOOL_ID = 'd0000000-0000-4000-8000-000000000003';

/** In values that are wrong, and so must not come back. */
const MARKER = 'Zqxjkvbp';

describe('What upstream sends', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;
  let facts: Facts;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path, EVENT_STORE: 'sqlite' });
    facts = await Facts.open(folder.path);
  });

  afterAll(async () => {
    await facts.close();
    await registry.stop();
    folder.remove();
  });

  interface Person {
    readonly id: string;
    readonly name: { readonly family: string; readonly given: string };
    readonly addresses?: readonly unknown[];
    readonly guardians: readonly { readonly family: string; readonly given: string }[];
    readonly doses: readonly {
      readonly date: string;
      readonly lot?: string;
      readonly codes: readonly { readonly value: string }[];
    }[];
  }

  type Terms =
    | { readonly identifier: { readonly authority: string; readonly value: string } }
    | { readonly name: { readonly family: string; readonly given: string; readonly birthDate: string } };

  const search = async (terms: Terms, as = LAKESIDE, purpose = 'treatment'): Promise<readonly Person[]> => {
    const answer = await decided(() =>
      registry.request('POST', '/persons/search', { as, purpose, json: terms }),
    );
    if (answer.status !== 200) throw new Error(`Search answered ${answer.status} ${answer.body}`);
    return (answer.json() as { persons: Person[] }).persons;
  };

  const byNumber = ({ facility, mrn }: Pick<VxuValues, 'facility' | 'mrn'>): Terms => ({
    identifier: { authority: facility, value: mrn },
  });
  const byName = ({
    family,
    given,
    birthDate,
  }: Pick<VxuValues, 'family' | 'given' | 'birthDate'>): Terms => ({
    name: { family, given, birthDate },
  });
  const byFileNumber = (value: string): Terms => ({
    identifier: { authority: VITAL_RECORDS_ID, value },
  });

  /** The one person whom the terms find, once there is one who satisfies. */
  const found = async (
    terms: Terms,
    satisfies: (person: Person) => boolean = () => true,
    as = LAKESIDE,
    purpose = 'treatment',
  ): Promise<Person> => {
    const persons = await eventually(
      () => search(terms, as, purpose),
      ([person]) => person !== undefined && satisfies(person),
    );
    const [person] = persons;
    if (person === undefined) throw new Error('Found nobody');
    return person;
  };

  const lotsOf = ({ doses }: Person): (string | undefined)[] => doses.map(({ lot }) => lot).sort();

  let numbers = 0;
  /** A message of a person whom no other message is about. */
  const message = (values: Partial<VxuValues> = {}): VxuValues => {
    numbers += 1;
    const letters = [...String(numbers)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    return {
      controlId: `UP-${numbers}`,
      facility: 'LAKESIDE',
      mrn: `UP-MRN-${numbers}`,
      family: `Upstream${letters}`,
      given: 'Nora',
      birthDate: '2019-03-04',
      orderNumber: `UP-ORD-${numbers}`,
      administeredOn: '2020-05-06',
      lot: `UPLOT${numbers}`,
      ...values,
    };
  };

  const post = (hl7: string, as = LAKESIDE): Promise<Answer> => registry.request('POST', '/hl7', { as, hl7 });

  const submit = async (values: VxuValues, as = LAKESIDE): Promise<void> => {
    const answer = await post(vxu(values), as);
    expect(acknowledgedAs(answer.body, values.controlId)).toMatch(/^A[AE]$/);
  };

  /** How many submissions of anybody are stored. */
  const submissionsStored = async (): Promise<number> =>
    (await facts.all()).filter(({ type }) => type === 'SubmissionReceived').length;

  describe('HL7 batches', () => {
    const batchOf = (...messages: readonly string[]): string =>
      [
        'FHS|^~\\&|EHR|LAKESIDE|IIS||20260105093000-0600||||FILE-1\r',
        'BHS|^~\\&|EHR|LAKESIDE|IIS||20260105093000-0600||||BATCH-1\r',
        ...messages,
        `BTS|${messages.length}\r`,
        'FTS|1\r',
      ].join('');

    const segmentsOf = (answer: string): string[][] =>
      answer
        .split('\r')
        .slice(0, -1)
        .map((segment) => segment.split('|'));

    /** A file of ACKs without what differs between two answers to one file. */
    const withoutAnyOwnIds = (answer: string): string =>
      segmentsOf(answer)
        .map((fields) => {
          if (fields[0] === 'FHS' || fields[0] === 'BHS') return fields.with(6, '').with(10, '').join('|');
          return fields[0] === 'MSH' ? withoutOwnIds(fields.join('|')) : fields.join('|');
        })
        .join('\r');

    it('are answered message by message in order, and defects of one do not touch the others', async () => {
      const whole = message();
      const withoutBirthDate = message({ birthDate: '' });
      const odd = message();
      const last = message();
      const sent = batchOf(
        vxu(whole),
        vxu(withoutBirthDate),
        vxu(message({ controlId: 'UP-QUERY' })).replace('VXU^V04^VXU_V04', 'QBP^Q11^QBP_Q11'),
        vxu(odd).replace(odd.administeredOn.replaceAll('-', ''), MARKER),
        vxu(last),
      );
      const answer = await post(sent);
      expect(answer.status).toBe(200);
      const segments = segmentsOf(answer.body);
      expect(segments.map(([name]) => name).filter((name) => name !== 'ERR')).toEqual([
        'FHS',
        'BHS',
        ...Array<string[]>(5).fill(['MSH', 'MSA']).flat(),
        'BTS',
        'FTS',
      ]);
      expect(segments.filter(([name]) => name === 'MSA').map(([, code, id]) => [code, id])).toEqual([
        ['AA', whole.controlId],
        ['AE', withoutBirthDate.controlId],
        ['AR', 'UP-QUERY'],
        ['AE', odd.controlId],
        ['AA', last.controlId],
      ]);
      expect(segments.find(([name]) => name === 'FHS')?.[11]).toBe('FILE-1');
      expect(segments.find(([name]) => name === 'BHS')?.[11]).toBe('BATCH-1');
      expect(segments.at(-2)).toEqual(['BTS', '5']);
      expect(segments.at(-1)).toEqual(['FTS', '1']);
      expect(answer.body).not.toContain(MARKER);

      for (const { lot, ...values } of [whole, last])
        expect(lotsOf(await found(byNumber(values)))).toEqual([lot]);
      await registry.settled();
      expect(await search(byNumber(withoutBirthDate))).toEqual([]);
      expect(await search(byNumber(odd))).toMatchObject([{ doses: [] }]);

      // Sent again: the same answer but for its own ids and times, and nothing is stored.
      const stored = await submissionsStored();
      const again = await post(sent);
      expect(again.body).not.toBe(answer.body);
      expect(withoutAnyOwnIds(again.body)).toBe(withoutAnyOwnIds(answer.body));
      expect(await submissionsStored()).toBe(stored);
      expect(lotsOf(await found(byNumber(whole)))).toEqual([whole.lot]);
    });

    it('keep the order of what they say of one dose', async () => {
      const given = message();
      const kept = message({
        ...given,
        controlId: 'UP-KEPT',
        orderNumber: 'UP-ORD-KEPT',
        lot: 'UPKEPT',
        administeredOn: '2021-02-03',
      });
      const taken = { ...given, controlId: 'UP-DELETED', action: 'D' as const };
      const answer = await post(batchOf(vxu(given), vxu(kept), vxu(taken)));
      expect(answer.body.match(/\rMSA\|AA\|/g)).toHaveLength(3);
      await registry.settled();
      expect(lotsOf(await found(byNumber(given)))).toEqual(['UPKEPT']);

      // Deleted first and given then is a dose.
      const back = message({ action: 'D' });
      await post(batchOf(vxu(back), vxu({ ...back, controlId: 'UP-BACK', action: 'A' })));
      await registry.settled();
      expect(lotsOf(await found(byNumber(back)))).toEqual([back.lot]);
    });

    it('of Latin-1, declared by MSH-18, are read back with their accents', async () => {
      const zoe = message({ family: 'Müßigbrück', given: 'Zoë', characterSet: '8859/1' });
      const answer = await registry.request('POST', '/hl7', {
        as: LAKESIDE,
        body: Buffer.from(vxu(zoe), 'latin1'),
        headers: { 'content-type': 'application/hl7-v2' },
      });
      expect(acknowledgedAs(answer.body, zoe.controlId)).toBe('AA');
      expect((await found(byNumber(zoe))).name).toMatchObject({ family: 'Müßigbrück', given: 'Zoë' });
      expect((await found(byName({ ...zoe, given: 'Zoe' }))).name.family).toBe('Müßigbrück');
    });

    it('and messages in MLLP frames are taken', async () => {
      const one = message();
      const answer = await post(`\u000b${vxu(one)}\u001c\r`);
      expect(acknowledgedAs(answer.body, one.controlId)).toBe('AA');
      expect(lotsOf(await found(byNumber(one)))).toEqual([one.lot]);

      const two = [message(), message()];
      const answers = await post(two.map((each) => `\u000b${vxu(each)}\u001c\r`).join(''));
      expect(segmentsOf(answers.body).filter(([name]) => name === 'MSA')).toEqual(
        two.map(({ controlId }) => ['MSA', 'AA', controlId]),
      );
      for (const each of two) expect(lotsOf(await found(byNumber(each)))).toEqual([each.lot]);
    });
  });

  type Row = Readonly<Record<string, string | number | boolean | undefined>>;

  interface UploadAnswer {
    readonly uploadId: string;
    readonly accepted: number;
    readonly rejected: number;
    readonly results: string;
    readonly rows: readonly { readonly row: number; readonly status: string; readonly problems?: unknown }[];
  }

  const FORMS = {
    json: {
      type: 'application/json',
      write: (rows: readonly unknown[]): string => JSON.stringify(rows),
    },
    ndjson: {
      type: 'application/x-ndjson',
      write: (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    },
    csv: {
      type: 'text/csv',
      write: (rows: readonly unknown[]): string => {
        const names = [...new Set(rows.flatMap((row) => Object.keys(row as Row)))];
        const cell = (value: Row[string]) =>
          value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`;
        const lines = rows.map((row) => names.map((name) => cell((row as Row)[name])).join(','));
        return [names.join(','), ...lines, ''].join('\r\n');
      },
    },
  } as const;

  const uploadRaw = (
    path: string,
    as: string,
    rows: readonly unknown[],
    form: keyof typeof FORMS = 'json',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    registry.request('POST', path, {
      as,
      body: FORMS[form].write(rows),
      headers: { 'content-type': FORMS[form].type, ...headers },
    });

  const upload = async (...args: Parameters<typeof uploadRaw>): Promise<UploadAnswer> => {
    const answer = await uploadRaw(...args);
    if (answer.status !== 200) throw new Error(`Upload answered ${answer.status} ${answer.body}`);
    return answer.json() as UploadAnswer;
  };

  /** Uploads rows that must all be taken. */
  const sendRecords = async (path: '/births' | '/deaths', ...rows: readonly Row[]): Promise<void> => {
    expect(await upload(path, VITAL_RECORDS, rows)).toMatchObject({ accepted: rows.length, rejected: 0 });
  };

  /** A birth whom no other record is about. */
  const birth = (values: Row = {}): Row & { readonly fileNumber: string; readonly birthDate: string } => {
    numbers += 1;
    return {
      event: 'birth',
      fileNumber: `2024-${String(numbers).padStart(6, '0')}`,
      issuedAt: '2024-02-10T12:00:00Z',
      family: `Born${[...String(numbers)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`,
      given: 'Liv',
      birthDate: '2024-02-01',
      sex: 'F',
      motherFamily: 'Motherly',
      motherGiven: 'Ada',
      motherMaidenFamily: `Maiden${[...String(numbers)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`,
      parentFamily: 'Otherly',
      parentGiven: 'Bo',
      ...values,
    };
  };

  const PARENTS = [
    { family: 'Motherly', given: 'Ada' },
    { family: 'Otherly', given: 'Bo' },
  ];

  describe('Vital records', () => {
    const WRONG: readonly [string, Row, readonly { field: string; code: string }[]][] = [
      [
        'a day that is none',
        birth({ birthDate: '2024-02-30' }),
        [{ field: 'birthDate', code: 'not-a-date' }],
      ],
      ['a day to come', birth({ birthDate: '2999-01-01' }), [{ field: 'birthDate', code: 'in-the-future' }]],
      ['no name', birth({ given: undefined }), [{ field: 'given', code: 'missing' }]],
      ['an unknown event', birth({ event: MARKER }), [{ field: 'event', code: 'invalid' }]],
      ['an unknown property', birth({ [MARKER]: 'x' }), [{ field: '', code: 'unknown-property' }]],
      [
        'a death',
        birth({ event: 'death', deathDate: '2024-03-03' }),
        [{ field: 'event', code: 'not-of-this-register' }],
      ],
      [
        'a number without its facility',
        birth({ facilityMrn: MARKER }),
        [{ field: 'facilityAuthority', code: 'only-with-mrn' }],
      ],
    ];

    it.each(['json', 'ndjson', 'csv'] as const)(
      'come as %s with a result for each row, the wrong ones named by field and code',
      async (form) => {
        const good = birth();
        const answer = await uploadRaw(
          '/births',
          VITAL_RECORDS,
          [good, ...WRONG.map(([, row]) => row), birth()],
          form,
        );
        expect(answer.status).toBe(200);
        const results = answer.json() as UploadAnswer;
        expect(results).toMatchObject({ accepted: 2, rejected: WRONG.length });
        expect(results.rows).toEqual([
          { row: 1, status: 'accepted' },
          ...WRONG.map(([, , problems], index) => ({ row: index + 2, status: 'rejected', problems })),
          { row: WRONG.length + 2, status: 'accepted' },
        ]);
        expect(answer.body).not.toContain(MARKER);

        const fetched = await registry.request('GET', results.results, { as: VITAL_RECORDS });
        expect(fetched.status).toBe(200);
        expect(
          fetched.body
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as unknown),
        ).toEqual(results.rows);
      },
    );

    it('that are no rows at all spoil only themselves', async () => {
      const good = JSON.stringify(birth());
      const lines = [good, `{"event":"${MARKER}`, `"${MARKER}"`, '', good.replace('Liv', 'Lisa')];
      const answer = await registry.request('POST', '/births', {
        as: VITAL_RECORDS,
        body: lines.join('\n'),
        headers: { 'content-type': 'application/x-ndjson' },
      });
      expect((answer.json() as UploadAnswer).rows).toEqual([
        { row: 1, status: 'accepted' },
        { row: 2, status: 'rejected', problems: [{ field: '', code: 'not-json' }] },
        { row: 3, status: 'rejected', problems: [{ field: '', code: 'not-an-object' }] },
        { row: 4, status: 'accepted' },
      ]);
      expect(answer.body).not.toContain(MARKER);
    });

    it('show their results to nobody else', async () => {
      const { results } = await upload('/births', VITAL_RECORDS, [birth()]);
      const { key } = await enrol(registry, { category: 'school', purposes: ['school'], roles: ['roster'] });
      const other = await registry.request('GET', results, { as: key });
      const absent = await registry.request('GET', '/uploads/7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11/results', {
        as: key,
      });
      expect(other.status).toBe(404);
      expect({ ...other, json: undefined }).toEqual({ ...absent, json: undefined });
      expect((await registry.request('GET', results, { as: LAKESIDE })).status).toBe(403);
      expect((await registry.request('GET', results)).status).toBe(401);
    });

    it('sent again under their idempotency key are answered alike and stored once', async () => {
      const rows = [birth(), birth({ given: undefined }), birth()];
      const key = { 'idempotency-key': 'births-of-february' };
      const first = await uploadRaw('/births', VITAL_RECORDS, rows, 'ndjson', key);
      const stored = await submissionsStored();
      const again = await uploadRaw('/births', VITAL_RECORDS, rows, 'ndjson', key);
      expect(again.body).toBe(first.body);
      // Without the key it is another upload, and its rows are no second submissions either.
      const another = await upload('/births', VITAL_RECORDS, rows, 'ndjson');
      expect(another.uploadId).not.toBe((first.json() as UploadAnswer).uploadId);
      expect(await submissionsStored()).toBe(stored);
    });

    it('are described by a schema that knows their properties and no others', async () => {
      const answer = await registry.request('GET', '/schemas/vital-record.json');
      expect(answer.headers['content-type']).toMatch(/^application\/schema\+json/);
      const { properties, required, additionalProperties } = answer.json() as {
        properties: Record<string, unknown>;
        required: string[];
        additionalProperties: boolean;
      };
      expect(additionalProperties).toBe(false);
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(birth())));
      expect(required.sort()).toEqual(['birthDate', 'event', 'family', 'fileNumber', 'given', 'issuedAt']);
      for (const missing of required) {
        expect((await upload('/births', VITAL_RECORDS, [birth({ [missing]: undefined })])).rows).toEqual([
          { row: 1, status: 'rejected', problems: [{ field: missing, code: 'missing' }] },
        ]);
      }
    });
  });

  describe('A birth record and a clinic', () => {
    /** A birth record, and a message about the same child that knows it under the facility's number by another last name. */
    const numbered = (values: Row = {}) => {
      const child = message({
        family: 'Newborn',
        given: 'Liv',
        birthDate: '2024-02-01',
        administeredOn: '2024-04-01',
      });
      const record = birth({ facilityMrn: child.mrn, facilityAuthority: child.facility, ...values });
      return { child, record };
    };

    it('join by the facility’s number, whoever comes first', async () => {
      const early = numbered();
      await sendRecords('/births', early.record);
      await submit(early.child);
      const late = numbered();
      await submit(late.child);
      await found(byNumber(late.child));
      await sendRecords('/births', late.record);
      for (const { child, record } of [early, late]) {
        const person = await found(byNumber(child), ({ name }) => name.family === record['family']);
        expect(person.name).toMatchObject({ family: record['family'], given: 'Liv' });
        expect(person.guardians).toMatchObject(PARENTS);
        expect(lotsOf(person)).toEqual([child.lot]);
      }
    });

    it('join by name, birth date and the mother’s maiden name', async () => {
      const record = birth();
      const child = message({
        family: String(record['family']),
        given: 'Liv',
        birthDate: record.birthDate,
        administeredOn: '2024-04-01',
        mothersMaidenName: String(record['motherMaidenFamily']),
      });
      await sendRecords('/births', record);
      await submit(child);
      const person = await found(byNumber(child), ({ guardians }) => guardians.length > 0);
      expect(person.guardians).toMatchObject(PARENTS);
      expect(await search(byFileNumber(record.fileNumber))).toMatchObject([{ id: person.id }]);
    });

    it('do not join by name and birth date alone', async () => {
      const record = birth();
      const child = message({
        family: String(record['family']),
        given: 'Liv',
        birthDate: record.birthDate,
        administeredOn: '2024-04-01',
      });
      await sendRecords('/births', record);
      await submit(child);
      const person = await found(byNumber(child));
      await registry.settled();
      expect((await found(byNumber(child))).guardians).toEqual([]);
      expect(await search(byFileNumber(record.fileNumber))).toEqual([]);
      expect(lotsOf(person)).toEqual([child.lot]);
    });

    it('show the corrected name after an amendment', async () => {
      const { child, record } = numbered();
      await sendRecords('/births', record);
      await submit(child);
      await found(byNumber(child), ({ name }) => name.family === record['family']);
      await sendRecords('/births', {
        ...record,
        event: 'amendment',
        issuedAt: '2024-03-10T12:00:00Z',
        given: 'Livia',
        middle: 'Marie',
      });
      const person = await found(byNumber(child), ({ name }) => name.given === 'Livia');
      expect(person.name).toMatchObject({ family: record['family'], given: 'Livia', middle: 'Marie' });
      // An older version that comes late changes nothing.
      await sendRecords('/births', {
        ...record,
        event: 'amendment',
        issuedAt: '2024-02-20T12:00:00Z',
        given: 'Livonia',
      });
      await registry.settled();
      expect((await found(byNumber(child))).name.given).toBe('Livia');
    });

    it.each<[string, string | undefined]>([
      ['another file number', '2024-ADOPTED'],
      ['the same file number', undefined],
    ])('keep nothing of the name that a replacement under %s seals', async (_name, fileNumber) => {
      const suffix = fileNumber === undefined ? 'Same' : 'Other';
      const names = {
        birth: `Qvyxborn${suffix}`,
        amended: `Qvyxamended${suffix}`,
        mother: `Qvyxmother${suffix}`,
        maiden: `Qvyxmaiden${suffix}`,
      };
      const { child, record } = numbered({
        family: names.birth,
        given: 'Liv',
        motherFamily: names.mother,
        motherMaidenFamily: names.maiden,
      });
      const amendment = {
        ...record,
        event: 'amendment',
        issuedAt: '2024-03-10T12:00:00Z',
        family: names.amended,
      };
      await sendRecords('/births', record, amendment);
      await submit(child);
      const before = await found(byNumber(child), ({ name }) => name.family === names.amended);
      expect(before.guardians).toContainEqual(expect.objectContaining({ family: names.mother }));
      const old: readonly Terms[] = [
        byName({ family: names.birth, given: 'Liv', birthDate: record.birthDate }),
        byName({ family: names.amended, given: 'Liv', birthDate: record.birthDate }),
        byFileNumber(record.fileNumber),
      ];
      for (const terms of old) expect(await search(terms)).toMatchObject([{ id: before.id }]);
      // In clear where it may be until now, so that the search of the disk does find.
      for (const word of Object.values(names).slice(0, 3))
        expect(filesHolding(folder.path, word)).toContainEqual(expect.stringMatching(/^read-query\.db/));

      await sendRecords('/births', {
        event: 'replacement',
        fileNumber: fileNumber ?? record.fileNumber,
        ...(fileNumber === undefined ? {} : { replaces: record.fileNumber }),
        issuedAt: '2025-01-10T12:00:00Z',
        family: `Adopted${suffix}`,
        given: 'Liv',
        birthDate: record.birthDate,
        motherFamily: `Adopted${suffix}`,
        motherGiven: 'Eva',
      });
      const after = await found(byNumber(child), ({ name }) => name.family === `Adopted${suffix}`);
      expect(after.id).toBe(before.id);
      expect(after.guardians).toMatchObject([{ family: `Adopted${suffix}`, given: 'Eva' }]);
      expect(lotsOf(after)).toEqual([child.lot]);
      const read = await registry.request('GET', `/persons/${after.id}`, {
        as: LAKESIDE,
        purpose: 'treatment',
      });
      expect(read.status).toBe(200);
      expect(read.body).not.toMatch(/qvyx/i);
      for (const terms of fileNumber === undefined ? old.slice(0, 2) : old)
        expect(await search(terms)).toEqual([]);
      // The clinic's own number, and the new name, find the person as before.
      expect(
        await search(byName({ family: `Adopted${suffix}`, given: 'Liv', birthDate: record.birthDate })),
      ).toMatchObject([{ id: after.id }]);
      for (const word of Object.values(names)) {
        await eventually(
          () => Promise.resolve(filesHolding(folder.path, word)),
          (files) => files.length === 0,
        );
      }
    });

    it('part when the record is voided', async () => {
      const { child, record } = numbered({ family: 'Qvyxvoided' });
      await sendRecords('/births', record);
      await submit(child);
      const before = await found(byNumber(child), ({ name }) => name.family === 'Qvyxvoided');
      await sendRecords('/births', { ...record, event: 'void', issuedAt: '2024-03-10T12:00:00Z' });
      const after = await found(byNumber(child), ({ name }) => name.family === child.family);
      expect(after.id).toBe(before.id);
      expect(after.guardians).toEqual([]);
      expect(lotsOf(after)).toEqual([child.lot]);
      expect(
        await search(byName({ family: 'Qvyxvoided', given: 'Liv', birthDate: record.birthDate })),
      ).toEqual([]);
      expect(await search(byFileNumber(record.fileNumber))).toEqual([]);
      await eventually(
        () => Promise.resolve(filesHolding(folder.path, 'Qvyxvoided')),
        (files) => files.length === 0,
      );
    });

    it('say nothing of a death to anybody', async () => {
      const { child, record } = numbered();
      await sendRecords('/births', record);
      await submit(child);
      const { id } = await found(byNumber(child), ({ name }) => name.family === record['family']);
      await registry.settled();
      const read = () => registry.request('GET', `/persons/${id}`, { as: LAKESIDE, purpose: 'treatment' });
      const before = await read();
      const links = await linksStored();
      await sendRecords('/deaths', {
        event: 'death',
        fileNumber: `D-${record.fileNumber}`,
        birthFileNumber: record.fileNumber,
        issuedAt: '2025-06-10T12:00:00Z',
        family: String(record['family']),
        given: 'Liv',
        birthDate: record.birthDate,
        deathDate: '2025-06-01',
      });
      await eventually(linksStored, (now) => now === links + 1);
      await registry.settled();
      const after = await read();
      expect({ ...after, json: undefined }).toEqual({ ...before, json: undefined });
      expect(after.body).not.toMatch(/death|died|2025-06/i);
    });

    const linksStored = async (): Promise<number> =>
      (await facts.all()).filter(({ type }) => type === 'SubmissionLinked').length;
  });

  describe('Rosters', () => {
    let nurse: string;
    beforeAll(async () => {
      ({ key: nurse } = await registerClient(registry, SCHOOL_ID, ['roster', 'reader']));
    });

    const pupil = (): VxuValues => message({ birthDate: '2016-08-09', street: `${numbers} Quarry Road` });
    const rowOf = ({ family, given, birthDate, street }: VxuValues): Row => ({
      family,
      given,
      birthDate,
      ...(street === undefined ? {} : { street, city: 'Duluth', state: 'MN', zip: '55802' }),
    });
    const readBySchool = (values: VxuValues, as = nurse): Promise<readonly Person[]> =>
      search(byName(values), as, 'school');

    it('are answered alike whether anybody is known or not', async () => {
      const known = pupil();
      const unknown = pupil();
      await submit(known);
      await found(byNumber(known));
      await registry.settled();
      const answers = [];
      for (const values of [known, unknown]) {
        const answer = await uploadRaw(
          '/rosters',
          nurse,
          [rowOf(values), { ...rowOf(values), birthDate: undefined }],
          'ndjson',
        );
        const { uploadId } = answer.json() as UploadAnswer;
        answers.push({ ...answer, json: undefined, body: answer.body.replaceAll(uploadId, 'ID') });
      }
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]).toMatchObject({ status: 200 });
    });

    it('let the school read who was known before and who becomes known later, without an address', async () => {
      const before = pupil();
      const later = pupil();
      await submit(before);
      const clinics = await found(byNumber(before));
      expect(clinics.addresses).toHaveLength(1);
      expect(await readBySchool(before)).toEqual([]);
      expect(await upload('/rosters', nurse, [rowOf(before), rowOf(later)], 'csv')).toMatchObject({
        accepted: 2,
      });
      const read = await found(byName(before), undefined, nurse, 'school');
      expect(await readBySchool(later)).toEqual([]);
      // A roster makes nobody: the clinic finds the person by its own submission only.
      await submit(later);
      for (const [values, person] of [
        [before, read],
        [later, await found(byName(later), undefined, nurse, 'school')],
      ] as const) {
        expect(person).not.toHaveProperty('addresses');
        expect(lotsOf(person)).toEqual([values.lot]);
        expect(JSON.stringify(person)).not.toContain('Quarry');
        const byId = await registry.request('GET', `/persons/${person.id}`, { as: nurse, purpose: 'school' });
        expect(byId.json()).toEqual(person);
      }
      // The school's own id for the person, not the clinic's.
      expect(read.id).not.toBe(clinics.id);
      // All of the school's readers may read, and nobody of another one.
      expect(await readBySchool(before, SCHOOL)).toHaveLength(1);
      const { key } = await enrol(registry, {
        category: 'school',
        purposes: ['school'],
        roles: ['roster', 'reader'],
      });
      expect(await readBySchool(before, key)).toEqual([]);
      expect(await readBySchool(later, key)).toEqual([]);
    });

    it('open nothing before their first day and after their last', async () => {
      const over = pupil();
      const notYet = pupil();
      await submit(over);
      await submit(notYet);
      await found(byNumber(over));
      await found(byNumber(notYet));
      const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
      const yesterday = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
      expect(
        await upload('/rosters', nurse, [
          { ...rowOf(over), from: '2024-09-01', through: yesterday },
          { ...rowOf(notYet), from: tomorrow },
        ]),
      ).toMatchObject({
        rows: [
          { row: 1, status: 'rejected', problems: [{ field: 'through', code: 'over' }] },
          { row: 2, status: 'accepted' },
        ],
      });
      await registry.settled();
      expect(await readBySchool(over)).toEqual([]);
      expect(await readBySchool(notYet)).toEqual([]);
    });

    it('are for those who may send them', async () => {
      for (const as of ['demo-health-board', LAKESIDE, VITAL_RECORDS]) {
        expect((await uploadRaw('/rosters', as, [rowOf(pupil())])).status).toBe(403);
      }
    });
  });

  describe('Doses entered by hand', () => {
    const enter = (json: unknown, key?: string): Promise<Answer> =>
      registry.request('POST', '/immunizations', {
        as: LAKESIDE,
        json,
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      });

    const patientOf = ({ family, given, birthDate, mothersMaidenName }: VxuValues) => ({
      family,
      given,
      birthDate,
      motherMaidenFamily: mothersMaidenName,
    });
    const DOSE = { number: 'HAND-1', date: '2021-07-08', cvx: '03', source: 'administered', lot: 'HANDLOT' };

    const knownPatient = async () => {
      const values = message({ mothersMaidenName: `Handmaiden${numbers}` });
      await submit(values);
      await found(byNumber(values));
      return { values, patient: patientOf(values) };
    };

    it('join the record, and are changed and deleted by their number', async () => {
      const { values, patient } = await knownPatient();
      const entered = await enter({ patient, doses: [DOSE] });
      expect(entered.status).toBe(202);
      expect(entered.json()).toEqual({ status: 'received' });
      const person = await found(byNumber(values), ({ doses }) => doses.length === 2);
      expect(person.doses.find(({ lot }) => lot === 'HANDLOT')).toMatchObject({
        date: '2021-07-08',
        codes: [{ value: '03' }],
      });

      await enter({ patient, doses: [{ ...DOSE, action: 'update', lot: 'HANDMENDED' }] });
      const updated = await found(byNumber(values), ({ doses }) =>
        doses.some(({ lot }) => lot === 'HANDMENDED'),
      );
      expect(lotsOf(updated)).toEqual(['HANDMENDED', values.lot]);

      // Nobody else's deletion of that number counts.
      const elsewhere = await registry.request('POST', '/immunizations', {
        as: PRAIRIE,
        json: { patient, doses: [{ ...DOSE, action: 'delete' }] },
      });
      expect(elsewhere.status).toBe(202);
      await registry.settled();
      expect(lotsOf(await found(byNumber(values)))).toEqual(['HANDMENDED', values.lot]);

      await enter({ patient, doses: [{ ...DOSE, action: 'delete' }] });
      const deleted = await found(byNumber(values), ({ doses }) => doses.length === 1);
      expect(lotsOf(deleted)).toEqual([values.lot]);
    });

    it('are stored once under their idempotency key, which stands for nothing else', async () => {
      const { values, patient } = await knownPatient();
      const body = { patient, doses: [{ ...DOSE, number: undefined }] };
      const first = await enter(body, 'by-hand-1');
      const stored = await submissionsStored();
      const again = await enter(body, 'by-hand-1');
      expect({ ...again, json: undefined }).toEqual({ ...first, json: undefined });
      expect(await submissionsStored()).toBe(stored);
      const other = await enter({ ...body, doses: [{ ...DOSE, lot: MARKER }] }, 'by-hand-1');
      expect(other.status).toBe(422);
      expect(other.json()).toMatchObject({ code: 'IDEMPOTENCY.KEY_REUSED' });
      expect(other.body).not.toContain(MARKER);
      expect(await submissionsStored()).toBe(stored);
      await found(byNumber(values), ({ doses }) => doses.length === 2);
    });

    it.each([
      ['an unknown vaccine', { cvx: '777' }, '/doses/0/cvx', 'unknownCode'],
      ['an unknown manufacturer', { manufacturer: 'QQQ' }, '/doses/0/manufacturer', 'unknownCode'],
      ['a day to come', { date: '2999-01-01' }, '/doses/0/date', 'inTheFuture'],
      ['a day before birth', { date: '1999-01-01' }, '/doses/0/date', 'beforeBirth'],
      [
        'a deletion of no number',
        { action: 'delete', number: undefined },
        '/doses/0/number',
        'neededToUpdate',
      ],
    ])('with %s are a problem that names the place', async (_name, wrong, path, rule) => {
      const stored = await submissionsStored();
      const answer = await enter({
        patient: { ...patientOf(message()), family: MARKER },
        doses: [{ ...DOSE, ...wrong }],
      });
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json()).toMatchObject({ errors: [{ path, message: rule }] });
      expect(answer.body).not.toContain(MARKER);
      expect(await submissionsStored()).toBe(stored);
    });
  });

  describe('Data quality', () => {
    it('is counted as sent, what was rejected too', async () => {
      const { key } = await enrol(registry, {
        category: 'provider',
        purposes: ['treatment'],
        roles: ['submitter', 'reader'],
      });
      const sent = [
        vxu(message()),
        vxu(message({ street: '1 Counted Street' })),
        vxu(message()).replace('|F\r', '|?\r'),
        vxu(message({ birthDate: '' })),
        'no message',
      ];
      for (const each of sent) expect((await post(each, key)).status).toBe(200);
      const entered = await registry.request('POST', '/immunizations', {
        as: key,
        json: {
          patient: { family: 'Counted', given: 'Cy', birthDate: '2019-03-04' },
          doses: [{ date: '2021-07-08', cvx: '03', source: 'historical' }],
        },
      });
      expect(entered.status).toBe(202);
      const quality = () => registry.request('GET', '/quality', { as: key });
      const counted = await eventually(
        quality,
        (answer) => {
          const { total } = answer.json() as { total: { accepted: number; rejected: number } };
          return total.accepted === 3 && total.rejected === 2;
        },
        20_000,
      );
      expect(counted.json()).toMatchObject({
        total: {
          accepted: 3,
          acceptedWithErrors: 1,
          rejected: 2,
          reused: 0,
          problems: { 'PID-8 103 E': 1, 'PID-7 101 E': 1 },
          timeliness: { '31+': 3 },
          completeness: { address: { present: 1, of: 4 }, 'dose.lot': { present: 3, of: 3 } },
        },
      });
      expect(counted.body).not.toMatch(/Counted|Upstream/);
      // Its own only.
      const clientId = (counted.json() as { clientId: string }).clientId;
      expect((await registry.request('GET', `/quality?client=${clientId}`, { as: LAKESIDE })).status).toBe(
        404,
      );
    });
  });
});
