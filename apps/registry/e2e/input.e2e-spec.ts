import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { apply } from './help-desk.js';
import { SHARED_DATA } from './real-messages.js';
import {
  decided,
  eventually,
  RegistryProcess,
  temporaryFolder,
  type Answer,
  type RequestOptions,
} from './registry-process.js';
import { STORES } from './stores.js';
import { acknowledgedAs, vxu, type VxuValues } from './vxu-messages.js';

jest.setTimeout(60_000);

const ADMINISTRATOR = 'demo-administrator';
const LAKESIDE = 'demo-lakeside-clinic';
const PRAIRIE_ID = 'd0000000-0000-4000-8000-000000000002';
const HELP_DESK = 'demo-help-desk';
const AUDITOR = 'demo-auditor';

/** In everything that is sent here and must not come back, nor be printed. */
const MARKER = 'Zqxjkvbp';

const PROBLEM = 'application/problem+json; charset=utf-8';
const INTERNALS = /\bat \S+ \(|\.[jt]s:\d+|node_modules|FST_|\w+Error\b|SQLITE|SELECT /;

const expectProblem = (answer: Pick<Answer, 'status' | 'body' | 'headers'>, ...statuses: number[]): void => {
  expect({ ...answer, headers: answer.headers['content-type'] }).toMatchObject({ headers: PROBLEM });
  expect(statuses).toContain(answer.status);
  expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status: answer.status });
  expect(answer.body).not.toContain(MARKER);
  expect(answer.body).not.toMatch(INTERNALS);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body.length).toBeLessThan(2_000);
};

/** Bytes as they are, over a connection of its own; what came back until it closed. */
const rawAnswer = (url: string, bytes: string): Promise<Pick<Answer, 'status' | 'body' | 'headers'>> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    // The server may be gone before it has read everything.
    socket.on('error', () => undefined);
    socket.setTimeout(10_000, () => reject(new Error(`No end: ${answer}`)));
    socket.on('close', () => {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      const [line = '', ...headers] = head.split('\r\n');
      resolve({
        status: Number(line.split(' ')[1]),
        headers: Object.fromEntries(
          headers.map((header) => {
            const [name = '', value = ''] = header.split(/: ?/, 2);
            return [name.toLowerCase(), value];
          }),
        ),
        body,
      });
    });
  });

/** Sends bytes piece by piece, whatever is answered meanwhile, until the server ends the connection. */
const answerToPieces = async (
  url: string,
  pieces: readonly string[],
): Promise<{ readonly answer: string; readonly troubles: readonly unknown[] }> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  const troubles: unknown[] = [];
  let answer = '';
  socket.on('error', (error) => troubles.push(error));
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  const ended = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await ended;
  socket.end();
  return { answer, troubles };
};

const PERSON: VxuValues = {
  controlId: 'INPUT-1',
  facility: 'LAKESIDE',
  mrn: 'INPUT-MRN',
  family: 'Input',
  given: 'Dora',
  birthDate: '2012-12-12',
  orderNumber: 'INPUT-ORD',
  administeredOn: '2016-06-06',
  lot: 'INPUT-LOT',
};

for (const store of STORES) {
  (store.available ? describe : describe.skip)(`Bad input, on ${store.name}`, () => {
    const folder = temporaryFolder();
    let registry: RegistryProcess;

    let remove: () => Promise<void>;

    beforeAll(async () => {
      const made = await store.make();
      remove = made.remove;
      registry = await RegistryProcess.start({
        DATA_DIR: folder.path,
        LOG_LEVEL: 'debug',
        ...made.environment,
      });
    });

    afterAll(async () => {
      await registry.stop();
      await remove();
      folder.remove();
    });

    const post = (path: string, options: RequestOptions): Promise<Answer> =>
      registry.request('POST', path, options);
    const search = (options: RequestOptions): Promise<Answer> =>
      post('/persons/search', { as: LAKESIDE, purpose: 'treatment', ...options });
    const requestPrivacy = (json: unknown): Promise<Answer> =>
      post('/privacy/requests', { as: HELP_DESK, json });

    describe('at POST /hl7', () => {
      const NOT_HL7: [string, string][] = [
        ['nothing', ''],
        ['one byte', 'M'],
        ['a text', `${MARKER} is no message`],
        ['JSON', `{"a":"${MARKER}"}`],
        ['a header without fields', 'MSH'],
        ['a header cut off', `MSH|^~\\&|${MARKER}`],
        ['a header of another shape', `MSH^~|\\&^^^^^^^${MARKER}`],
        ['zero bytes', '\u0000'.repeat(50)],
        ['line ends only', '\r\n\r\r\n'],
        ['a segment before the header', `PID|1||${MARKER}\rMSH|^~\\&|`],
        [
          'a very long field',
          `MSH|^~\\&|EHR|F|IIS||2026||VXU^V04^VXU_V04|1|P|2.5.1\rPID|1||${'|'.repeat(100_000)}`,
        ],
        ['many segments', `MSH|^~\\&|EHR|F|IIS||2026||VXU^V04^VXU_V04|1|P|2.5.1\r${'RXA|\r'.repeat(20_000)}`],
        [
          'many repetitions',
          `MSH|^~\\&|EHR|F|IIS||2026||VXU^V04^VXU_V04|1|P|2.5.1\rPID|1||${'1^^^A^MR~'.repeat(20_000)}`,
        ],
      ];

      it.each(NOT_HL7)('of %s is answered by an ACK that refuses it', async (_name, body) => {
        const answer = await post('/hl7', {
          as: LAKESIDE,
          body,
          headers: { 'content-type': 'application/hl7-v2' },
        });
        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toMatch(/^application\/hl7-v2/);
        expect(answer.body).toMatch(/^MSH\|\^~\\&\|[^\r]*\rMSA\|A[RE]\|/);
        expect(answer.body).not.toMatch(INTERNALS);
        expect(answer.body.slice(answer.body.indexOf('\rMSA|'))).not.toContain(MARKER);
      });

      it('of bytes that are no text is answered by an ACK too', async () => {
        const body = Uint8Array.from({ length: 2_048 }, (_, index) => (index * 197) % 256);
        const answer = await post('/hl7', { as: LAKESIDE, body, headers: { 'content-type': 'text/plain' } });
        expect(answer.status).toBe(200);
        expect(answer.body).toMatch(/^MSH\|[^\r]*\rMSA\|AR\|/);
      });

      it('of values that are wrong names their places and does not repeat them', async () => {
        const message = vxu({
          ...PERSON,
          controlId: 'WRONG',
          birthDate: MARKER,
          lot: MARKER,
          administeredOn: MARKER,
        });
        const answer = await post('/hl7', { as: LAKESIDE, hl7: message });
        expect(acknowledgedAs(answer.body, 'WRONG')).toMatch(/^A[ER]$/);
        expect(answer.body).toMatch(/\rERR\|/);
        expect(answer.body).not.toContain(MARKER);
      });

      it.each([
        undefined,
        'application/json',
        'application/octet-stream',
        'multipart/form-data',
        MARKER,
        'a/b/c',
        ';',
      ])('of media type %s is a problem', async (type) => {
        const body = new TextEncoder().encode(vxu(PERSON));
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
        // JSON is read before its route is asked, so it is bad JSON first.
        expectProblem(await post('/hl7', { as: LAKESIDE, body, headers }), 415, 400);
      });

      it('of more than 8 MiB is a problem, announced or not', async () => {
        const body = MARKER.repeat(1_100_000);
        const headers = { 'content-type': 'application/hl7-v2' };
        expectProblem(await post('/hl7', { as: LAKESIDE, body, headers }), 413);
        const { host } = new URL(registry.url);
        const chunk = `20000\r\n${'a'.repeat(0x20000)}\r\n`;
        const chunked = [
          'POST /hl7 HTTP/1.1',
          `host: ${host}`,
          `authorization: Bearer ${LAKESIDE}`,
          'content-type: text/plain',
          'transfer-encoding: chunked',
          '',
          chunk.repeat(65),
        ].join('\r\n');
        expectProblem(await rawAnswer(registry.url, `${chunked}0\r\n\r\n`), 413);
      });

      it.each([
        ['too large', '/hl7', 'text/plain', LAKESIDE, 413],
        ['of somebody unknown', '/births', 'text/csv', MARKER, 401],
      ])(
        'that is %s is heard to its end before the connection ends',
        async (_what, path, type, key, status) => {
          const half = 'a'.repeat(5 * 1_048_576);
          const head = [
            `POST ${path} HTTP/1.1`,
            `host: ${new URL(registry.url).host}`,
            `authorization: Bearer ${key}`,
            `content-type: ${type}`,
            `content-length: ${2 * half.length}`,
            'connection: close',
          ].join('\r\n');
          const pieces = [`${head}\r\n\r\n${half}`, half];
          const { answer, troubles } = await answerToPieces(registry.url, pieces);
          expect(troubles).toStrictEqual([]);
          expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
        },
      );

      it('of one message of more than 1 MiB is answered by an ACK that refuses it', async () => {
        const message = vxu({ ...PERSON, controlId: 'TOO-LONG', lot: MARKER.repeat(150_000) });
        const answer = await post('/hl7', { as: LAKESIDE, hl7: message });
        expect(answer.status).toBe(200);
        expect(answer.body).toMatch(/^MSH\|[^\r]*\rMSA\|AR\|[^\r]*\rERR\|[^\r|]*\|[^\r|]*\|207\^/);
        expect(answer.body).not.toContain(MARKER);
      });

      it('of somebody unknown is a problem whatever it is', async () => {
        for (const as of [undefined, MARKER, 'demo-lakeside-clinic2', 'DEMO-LAKESIDE-CLINIC']) {
          expectProblem(await post('/hl7', { ...(as === undefined ? {} : { as }), hl7: vxu(PERSON) }), 401);
        }
        expectProblem(await post('/hl7', { as: HELP_DESK, hl7: vxu(PERSON) }), 403);
      });
    });

    describe('in JSON', () => {
      const deep = `{"identifier":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
      it.each([
        ['cut off', `{"identifier":{"authority":"${MARKER}`],
        ['empty', ''],
        ['a number', '17'],
        ['a string', `"${MARKER}"`],
        ['null', 'null'],
        ['an empty object', '{}'],
        ['a list', '[]'],
        ['a list of what belongs', '[{"identifier":{"authority":"A","value":"B"}}]'],
        ['a prototype', `{"__proto__":{"identifier":"${MARKER}"}}`],
        ['a constructor', `{"constructor":{"prototype":{"${MARKER}":1}}}`],
        ['not UTF-8', '{"identifier":{"authority":"\\ud800'],
        ['endlessly deep', deep],
        ['unknown fields', `{"identifier":{"authority":"A","value":"B"},"${MARKER}":1}`],
        ['unknown fields within', `{"identifier":{"authority":"A","value":"B","${MARKER}":1}}`],
        [
          'very many unknown fields',
          `{${Array.from({ length: 20_000 }, (_, index) => `"${MARKER}${index}":1`).join(',')}}`,
        ],
        ['a list for an object', `{"identifier":[{"authority":"${MARKER}","value":"B"}]}`],
        ['a list in a list', '{"name":[[]]}'],
        ['null for an object', '{"identifier":null}'],
        ['both terms', '{"identifier":{"authority":1},"name":{"family":2}}'],
        ['both terms, one null', '{"identifier":{"authority":1},"name":null}'],
        ['a number for a text', '{"identifier":{"authority":1,"value":2}}'],
        ['an object for a text', `{"identifier":{"authority":{"a":"${MARKER}"},"value":"B"}}`],
        ['a list for a text', `{"name":{"family":["${MARKER}"],"given":"B","birthDate":"2000-01-01"}}`],
        ['a zero byte', '{"identifier":{"authority":"A","value":"\\u0000"}}'],
        ['half a character', '{"identifier":{"authority":"A","value":"\\ud800"}}'],
        ['an endless text', `{"identifier":{"authority":"A","value":"${MARKER.repeat(1_000)}"}}`],
        ['a day that is none', '{"name":{"family":"A","given":"B","birthDate":"2001-02-29"}}'],
        ['a date in another form', `{"name":{"family":"A","given":"B","birthDate":"${MARKER}"}}`],
      ])('a search of %s is a problem', async (_name, body) => {
        expectProblem(await search({ body, headers: { 'content-type': 'application/json' } }), 400);
      });

      it.each([
        'text/plain',
        'application/hl7-v2',
        'application/xml',
        'application/x-www-form-urlencoded',
        MARKER,
      ])('a search as %s is a problem', async (type) => {
        expectProblem(await search({ body: MARKER.repeat(10_000), headers: { 'content-type': type } }), 415);
      });

      it('odd but possible terms find nobody', async () => {
        for (const value of ['%', "' OR 1=1 --", '🧪', '|', '__proto__', ' ']) {
          const answer = await search({ json: { identifier: { authority: value, value } } });
          expect({ status: answer.status, body: answer.body }).toEqual({
            status: 200,
            body: '{"persons":[]}',
          });
        }
      });

      const person = { family: 'A', given: 'B', birthDate: '2000-01-01' };
      const request = { change: 'opt-out', capacity: 'self', person };
      it.each<[string, unknown]>([
        ['no person', { change: 'opt-out', capacity: 'self' }],
        ['null for a person', { ...request, person: null }],
        ['a list of persons', { ...request, person: [person] }],
        ['a text for a person', { ...request, person: MARKER }],
        [
          'identifiers in a list in a list',
          { ...request, person: { ...person, identifiers: [[{ authority: 'A', value: 'B' }]] } },
        ],
        ['null identifiers', { ...request, person: { ...person, identifiers: [null] } }],
        [
          'an object for identifiers',
          { ...request, person: { ...person, identifiers: { authority: 'A', value: 'B' } } },
        ],
        [
          'too many identifiers',
          { ...request, person: { ...person, identifiers: Array(11).fill({ authority: 'A', value: 'B' }) } },
        ],
        ['an id of the registry', { ...request, person: { ...person, id: MARKER } }],
        ['an unknown change', { ...request, change: MARKER }],
        ['an unknown capacity', { ...request, capacity: MARKER }],
        ['a lock without its holder', { ...request, change: 'lock' }],
        ['a holder that is no id', { ...request, change: 'lock', holder: MARKER }],
        ['a list of changes', { ...request, change: ['opt-out'] }],
      ])('a privacy request with %s is a problem', async (_name, json) => {
        expectProblem(await requestPrivacy(json), 400);
      });

      it('a lock to nobody who could hold it is a problem', async () => {
        for (const holder of [
          '7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11',
          'd0000000-0000-4000-8000-000000000003',
        ]) {
          expectProblem(await requestPrivacy({ ...request, change: 'lock', holder }), 404, 409, 422);
        }
      });

      it.each<[string, unknown]>([
        ['an unknown category', { name: MARKER, category: MARKER }],
        ['a list for a name', { name: [MARKER], category: 'provider' }],
        ['a zero byte', { name: 'A\u0000B', category: 'provider' }],
        ['half a character', { name: 'A\ud800', category: 'provider' }],
        ['an endless name', { name: MARKER.repeat(100), category: 'provider' }],
      ])('an organization with %s is a problem', async (_name, json) => {
        expectProblem(await post('/directory/organizations', { as: ADMINISTRATOR, json }), 400);
      });
    });

    describe('in URLs and headers', () => {
      const UNKNOWN = '7d0f8b6e-2c3f-4b39-9d0b-0a6a3f0e9c11';

      it.each<['GET' | 'POST' | 'PUT', string, string]>([
        ['GET', `/privacy/requests/${MARKER}`, HELP_DESK],
        ['POST', `/privacy/requests/${MARKER}/approve`, HELP_DESK],
        ['GET', `/audit/requests/${MARKER}`, AUDITOR],
        ['POST', `/directory/clients/${MARKER}/revoke`, ADMINISTRATOR],
        ['POST', `/directory/organizations/${MARKER}/close`, ADMINISTRATOR],
      ])('%s %s is a problem', async (method, path, as) => {
        expectProblem(await registry.request(method, path, { as }), 400);
      });

      it.each<['GET' | 'POST' | 'PUT', string, string]>([
        ['GET', `/privacy/requests/${UNKNOWN}`, HELP_DESK],
        ['POST', `/privacy/requests/${UNKNOWN}/approve`, HELP_DESK],
        ['GET', `/audit/requests/${UNKNOWN}`, AUDITOR],
        ['GET', `/audit/persons/${MARKER}/history`, AUDITOR],
        ['GET', `/audit/persons/x/history?from=${MARKER}&asOf=${MARKER}`, AUDITOR],
        ['GET', '/audit/persons/x/history?from=99999999999999999999', AUDITOR],
        ['POST', `/directory/clients/${UNKNOWN}/rotate-key`, ADMINISTRATOR],
        ['POST', `/directory/clients/${UNKNOWN}/revoke`, ADMINISTRATOR],
        ['POST', `/directory/organizations/${UNKNOWN}/close`, ADMINISTRATOR],
        ['POST', `/directory/organizations/${UNKNOWN}/agreement/end`, ADMINISTRATOR],
        ['POST', `/dead-letters/${MARKER}/replay`, ADMINISTRATOR],
        ['POST', '/dead-letters/__proto__/replay', ADMINISTRATOR],
        ['GET', `/${MARKER}`, ADMINISTRATOR],
        ['PUT', `/hl7`, LAKESIDE],
      ])('%s %s is not found', async (method, path, as) => {
        expectProblem(await registry.request(method, path, { as }), 404);
      });

      // A pseudonym is the auditor's to mistype: its key version may not exist.
      it('a pseudonym of a key version that never was is not found', async () => {
        const path = '/audit/persons/p999-AAAAAAAAAAAAAAAAAAAAAA/history';
        expectProblem(await registry.request('GET', path, { as: AUDITOR }), 404);
      });

      it('odd places to go on from in a history are no reason to fail', async () => {
        await post('/hl7', { as: LAKESIDE, hl7: vxu({ ...PERSON, controlId: 'AUDITED' }) });
        await eventually(
          () => search({ json: { identifier: { authority: PERSON.facility, value: PERSON.mrn } } }),
          (answer) => answer.body !== '{"persons":[]}',
        );
        const requestId = await apply(registry, { change: 'lock', holder: PRAIRIE_ID }, PERSON);
        const audited = await registry.request('GET', `/audit/requests/${requestId}`, { as: AUDITOR });
        const { pseudonym } = audited.json() as { pseudonym: string };
        for (const query of [
          'from=-1',
          'from=1.5',
          'from=1e3',
          'from=NaN',
          'asOf=',
          `asOf=${MARKER}`,
          'asOf=1&asOf=2',
        ]) {
          const answer = await registry.request('GET', `/audit/persons/${pseudonym}/history?${query}`, {
            as: AUDITOR,
          });
          expect({ query, ok: [200, 400, 404].includes(answer.status) }).toEqual({ query, ok: true });
          expect(answer.body).not.toContain(MARKER);
        }
        for (const from of ['9007199254740993', '99999999999999999999']) {
          const path = `/audit/persons/${pseudonym}/history?from=${from}`;
          expectProblem(await registry.request('GET', path, { as: AUDITOR }), 400, 404);
        }
      });

      it('a URL that does not decode, or is too long, is a problem', async () => {
        const asker = { as: LAKESIDE, purpose: 'treatment' };
        expectProblem(await registry.request('GET', `/persons/%zz${MARKER}`, asker), 400);
        expectProblem(await registry.request('GET', `/persons/${MARKER.repeat(100)}`, asker), 404, 414);
        expectProblem(await registry.request('GET', `/${'a/'.repeat(5_000)}`, asker), 404, 414);
      });

      it('odd query values are no reason to fail', async () => {
        for (const query of [
          'after=%00',
          'after=a&after=b',
          'after[x]=1',
          `after=${MARKER}`,
          'after=%ff',
          'after=|',
        ]) {
          const requests = await registry.request('GET', `/privacy/requests?${query}`, { as: HELP_DESK });
          expect([200, 400]).toContain(requests.status);
          const organizations = await registry.request('GET', `/directory/organizations?${query}`, {
            as: ADMINISTRATOR,
          });
          expect([200, 400]).toContain(organizations.status);
        }
      });

      it.each([
        ['an unknown purpose', { 'x-purpose-of-use': MARKER }],
        ['two purposes', { 'x-purpose-of-use': 'treatment, school' }],
        ['an empty purpose', { 'x-purpose-of-use': '' }],
      ])('%s is a problem', async (_name, headers) => {
        expectProblem(await registry.request('GET', '/persons/x', { as: LAKESIDE, headers }), 400);
      });

      it.each([
        ['other scheme', `Basic ${LAKESIDE}`],
        ['no key', 'Bearer '],
        ['two keys', `Bearer ${LAKESIDE} ${LAKESIDE}`],
        ['endless key', `Bearer ${MARKER.repeat(500)}`],
        ['Latin-1', 'Bearer \u00e9\u00e8'],
      ])('an authorization of %s is refused', async (_name, authorization) => {
        expectProblem(await registry.request('GET', '/persons/x', { headers: { authorization } }), 401);
      });

      const raw = (...lines: string[]) => rawAnswer(registry.url, [...lines, '', ''].join('\r\n'));
      it('what is no HTTP, or too much of it, is a problem too', async () => {
        expectProblem(await raw(`${MARKER} / HTTP/1.1`, 'host: x'), 400);
        expectProblem(await raw(MARKER), 400);
        expectProblem(await raw('GET / HTTP/9.9', 'host: x'), 400);
        expectProblem(
          await raw('GET /health/live HTTP/1.1', 'host: x', `x-long: ${MARKER.repeat(5_000)}`),
          431,
        );
        expectProblem(
          await raw(
            'POST /hl7 HTTP/1.1',
            'host: x',
            'content-length: 5',
            'content-length: 6',
            'connection: close',
          ),
          400,
        );
        // Without a host: node's own refusal, which says nothing.
        expect((await raw('GET /health/live HTTP/1.1', 'connection: close')).status).toBe(400);
        expectProblem(
          await raw('POST /hl7 HTTP/1.1', 'host: x', 'content-length: -1', 'connection: close'),
          400,
        );
      });

      it('headers that never end are answered while they come', async () => {
        const { answer, troubles } = await answerToPieces(registry.url, [
          `GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(1_048_576)}`,
          'a'.repeat(1_048_576),
        ]);
        expect(answer).toMatch(/^HTTP\/1.1 431 /);
        expect(troubles).toStrictEqual([]);
      });

      it('many headers, twice the same and unknown ones, are no reason to fail', async () => {
        const many = Array.from({ length: 500 }, (_, index) => `x-h${index}: ${MARKER}`);
        const answer = await raw(
          'GET /health/live HTTP/1.1',
          'host: x',
          'host: y',
          ...many,
          'connection: close',
        );
        expect([200, 400]).toContain(answer.status);
        const twice = await raw(
          'GET /persons/x HTTP/1.1',
          'host: x',
          'authorization: Bearer demo-lakeside-clinic',
          `authorization: Bearer ${MARKER}`,
          'x-purpose-of-use: treatment',
          'connection: close',
        );
        expect([400, 401, 404]).toContain(twice.status);
      });
    });

    it('left nothing of it in the output, and the registry in order', async () => {
      expect(registry.printed).toContain('http.answered');
      expect(registry.printed).not.toContain(MARKER);
      expect(registry.printed).not.toMatch(/^\s+at /m);
      expect(registry.printed).not.toMatch(/"status":500/);
      const letters = await registry.request('GET', '/dead-letters', { as: ADMINISTRATOR });
      expect(letters.json()).toEqual({ deadLetters: [] });
      const ack = await post('/hl7', { as: LAKESIDE, hl7: vxu(PERSON) });
      expect(acknowledgedAs(ack.body, PERSON.controlId)).toMatch(/^A[AE]$/);
    });
  });
}

const publicMessages = (): { readonly name: string; readonly file: string }[] => {
  const found = ['vxu', 'qbp', 'other'].flatMap((kind) => {
    const folder = join(SHARED_DATA, 'hl7', kind);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((file) => ({ name: `${kind}/${file}`, file: join(folder, file) }));
  });
  if (found.length === 0) process.stderr.write('\nSKIPPED: the public messages are not there\n');
  return found;
};

const PUBLIC = publicMessages();

(PUBLIC.length === 0 ? describe.skip : describe)('Public messages of real systems', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  it(`are each answered by a well-formed ACK (${PUBLIC.length})`, async () => {
    const codes: Record<string, number> = {};
    for (const { name, file } of PUBLIC) {
      const body = readFileSync(file);
      const answer = await registry.request('POST', '/hl7', {
        as: LAKESIDE,
        body,
        headers: { 'content-type': 'application/hl7-v2' },
      });
      expect({ name, status: answer.status }).toEqual({ name, status: 200 });
      const segments = answer.body.split('\r');
      expect({ name, last: segments.pop() }).toEqual({ name, last: '' });
      expect({ name, names: segments.map((segment) => segment.slice(0, 4)) }).toEqual({
        name,
        names: ['MSH|', 'MSA|', ...segments.slice(2).map(() => 'ERR|')],
      });
      const [header = '', msa = ''] = segments;
      expect(header.split('|')[8]).toMatch(/^ACK/);
      const code = msa.split('|')[1] ?? '';
      expect({ name, code }).toEqual({ name, code: expect.stringMatching(/^A[AER]$/) as unknown });
      // No segment of the answer is more than its fields: nothing of the message broke out of one.
      for (const control of ['\n', '\u0000', '\u000b']) expect(answer.body).not.toContain(control);
      codes[code] = (codes[code] ?? 0) + 1;
    }
    process.stderr.write(`public messages: ${JSON.stringify(codes)}\n`);
    await registry.ready();
    const letters = await registry.request('GET', '/dead-letters', { as: ADMINISTRATOR });
    expect(letters.json()).toEqual({ deadLetters: [] });
    expect(registry.printed).not.toMatch(/"level":50/);
  });
});

describe('Who may come in', () => {
  const folder = temporaryFolder();
  let registry: RegistryProcess;
  let number = 0;

  beforeAll(async () => {
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
  });

  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  const administer = async (method: 'POST' | 'PUT', path: string, json?: unknown): Promise<Answer> => {
    const answer = await registry.request(method, `/directory/${path}`, {
      as: ADMINISTRATOR,
      ...(json === undefined ? {} : { json }),
    });
    expect([200, 201]).toContain(answer.status);
    return answer;
  };

  const sign = (organizationId: string, startsAt: string, endsAt: string): Promise<Answer> =>
    administer('PUT', `organizations/${organizationId}/agreement`, {
      version: '1',
      signatory: 'Director',
      purposes: ['treatment'],
      startsAt,
      endsAt,
    });

  const register = async (organizationId: string, roles = ['submitter', 'reader']) =>
    (await administer('POST', `organizations/${organizationId}/clients`, { name: 'EHR', roles })).json() as {
      clientId: string;
      key: string;
    };

  /** A clinic with an agreement, a client, and a person whom it reads. */
  const clinic = async () => {
    number += 1;
    const enrolled = await administer('POST', 'organizations', {
      name: `Clinic ${number}`,
      category: 'provider',
    });
    const { organizationId } = enrolled.json() as { organizationId: string };
    await sign(organizationId, '2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z');
    const { clientId, key } = await register(organizationId);
    const values = {
      ...PERSON,
      controlId: `WHO-${number}`,
      facility: `CLINIC${number}`,
      mrn: `WHO-MRN-${number}`,
    };
    const submit = (as: string, controlId = values.controlId) =>
      registry.request('POST', '/hl7', { as, hl7: vxu({ ...values, controlId }) });
    const search = (as: string, purpose = 'treatment') =>
      registry.request('POST', '/persons/search', {
        as,
        purpose,
        json: { identifier: { authority: values.facility, value: values.mrn } },
      });
    expect((await submit(key)).status).toBe(200);
    const found = await eventually(
      () => search(key),
      (answer) => answer.body !== '{"persons":[]}',
    );
    const id = (found.json() as { persons: { id: string }[] }).persons[0]?.id ?? '';
    const read = (as: string) => registry.request('GET', `/persons/${id}`, { as, purpose: 'treatment' });
    expect((await decided(() => read(key))).status).toBe(200);
    return { organizationId, clientId, key, values, submit, search, read };
  };

  const found = (answer: Answer): unknown[] => {
    expect(answer.status).toBe(200);
    return (answer.json() as { persons: unknown[] }).persons;
  };

  it('a school reads nothing, and submits nothing', async () => {
    const { search, submit, read } = await clinic();
    for (const purpose of ['school', 'treatment'])
      expect(found(await search('demo-school', purpose))).toEqual([]);
    expectProblem(await read('demo-school'), 404);
    expectProblem(await submit('demo-school'), 403);
  });

  it('a lapsed agreement stops reading and not submitting', async () => {
    const { organizationId, key, search, submit, read } = await clinic();
    await sign(organizationId, '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z');
    expect(found(await search(key))).toEqual([]);
    expectProblem(await read(key), 404);
    expect(acknowledgedAs((await submit(key, 'LAPSED')).body, 'LAPSED')).toMatch(/^A[AE]$/);
    // One that has not begun does not count either; a new one does.
    await sign(organizationId, '2098-01-01T00:00:00Z', '2099-01-01T00:00:00Z');
    expect(found(await search(key))).toEqual([]);
    await sign(organizationId, '2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z');
    expect(found(await search(key))).toHaveLength(1);
  });

  it('an agreement that was ended stops reading and not submitting', async () => {
    const { organizationId, key, search, submit, read } = await clinic();
    await administer('POST', `organizations/${organizationId}/agreement/end`);
    expect(found(await search(key))).toEqual([]);
    expectProblem(await read(key), 404);
    expect(acknowledgedAs((await submit(key, 'ENDED')).body, 'ENDED')).toMatch(/^A[AE]$/);
  });

  it('a client without the role reads nothing though its organization may', async () => {
    const { organizationId, search, read, submit } = await clinic();
    const { key } = await register(organizationId, ['submitter']);
    expectProblem(await search(key), 403);
    expectProblem(await read(key), 403);
    expect((await submit(key, 'SUBMITTER')).status).toBe(200);
  });

  it('a revoked client is out at once, and another of its organization is not', async () => {
    const { organizationId, clientId, key, search, submit, read } = await clinic();
    const other = await register(organizationId);
    await administer('POST', `clients/${clientId}/revoke`);
    for (const answer of [await search(key), await submit(key), await read(key)]) expectProblem(answer, 401);
    expect(found(await search(other.key))).toHaveLength(1);
    const rotated = await registry.request('POST', `/directory/clients/${clientId}/rotate-key`, {
      as: ADMINISTRATOR,
    });
    expectProblem(rotated, 409, 422);
  });

  it('a closed organization is out at once', async () => {
    const { organizationId, key, search, submit, read } = await clinic();
    await administer('POST', `organizations/${organizationId}/close`);
    for (const answer of [await search(key), await submit(key), await read(key)]) expectProblem(answer, 401);
    const path = `/directory/organizations/${organizationId}/clients`;
    const json = { name: 'Another', roles: ['reader'] };
    expectProblem(await registry.request('POST', path, { as: ADMINISTRATOR, json }), 404, 409, 422);
  });

  it('a rotated key works at once, and the old one no longer where that is asked for', async () => {
    const { clientId, key, search, submit, read } = await clinic();
    const path = `clients/${clientId}/rotate-key`;
    const rotated = (await administer('POST', path, { overlapHours: 0 })).json() as { key: string };
    expect(rotated.key).not.toBe(key);
    for (const answer of [await search(key), await submit(key), await read(key)]) expectProblem(answer, 401);
    expect(found(await search(rotated.key))).toHaveLength(1);
    expect((await read(rotated.key)).status).toBe(200);
  });

  it('what came in last holds after a restart too', async () => {
    const { clientId, key, search } = await clinic();
    await administer('POST', `clients/${clientId}/revoke`);
    const { key: open, search: searchOpen } = await clinic();
    await registry.stop('SIGKILL');
    registry = await RegistryProcess.start({ DATA_DIR: folder.path });
    expectProblem(await search(key), 401);
    const stillThere = await eventually(
      () => searchOpen(open),
      (answer) => answer.status === 200,
    );
    expect(found(stillThere)).toHaveLength(1);
  });
});
