import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { OutgoingMessage } from './delivery.port.js';
import { FileDelivery } from './file-delivery.js';
import { SmtpDelivery } from './smtp-delivery.js';

const ID = '5f0c2a54-8f5a-4c39-8f1e-2b9f3f6f9f01';
const EMAIL: OutgoingMessage = {
  id: ID,
  channel: 'email',
  from: 'North Shore Board',
  to: 'parent@example.org',
  subject: 'A message from public health',
  text: 'Vaccinations may be due.',
};
const LETTER: OutgoingMessage = { ...EMAIL, channel: 'letter', to: ['Nora Olson', '1 Elm St'] };

let folder: string;
let files: FileDelivery;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'delivery-')), 'outbox');
  files = await FileDelivery.open(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

describe('Delivery by files', () => {
  it('puts each message into a file of its own, for the owner alone', async () => {
    await files.deliver(LETTER);
    await files.deliver({ ...EMAIL, id: 'other' });
    expect(readdirSync(folder).sort()).toEqual([`${ID}.json`, 'other.json'].sort());
    const place = join(folder, `${ID}.json`);
    expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual(LETTER);
    expect(statSync(place).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('says that it did not deliver where there is no folder', async () => {
    rmSync(folder, { recursive: true });
    await expect(files.deliver(LETTER)).rejects.toMatchObject({ code: 'DELIVERY.NOT_DELIVERED' });
  });
});

describe('Delivery by SMTP, to a real server', () => {
  let server: SMTPServer | undefined;
  let delivery: SmtpDelivery | undefined;
  let received: { readonly envelope: unknown; readonly text: string; readonly secure: boolean }[];

  beforeEach(() => {
    received = [];
  });
  afterEach(async () => {
    await delivery?.close();
    const ending = server;
    server = undefined;
    if (ending !== undefined) await new Promise<void>((resolve) => ending.close(() => resolve()));
  });

  const listen = async (options: SMTPServerOptions = {}, host = '127.0.0.1'): Promise<string> => {
    const listening = new SMTPServer({
      authOptional: true,
      onData: (stream, session, callback) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            envelope: {
              from: mailFrom === false ? undefined : mailFrom?.address,
              to: rcptTo.map(({ address }) => address),
            },
            text,
            secure: session.secure,
          });
          callback();
        });
      },
      ...options,
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, host, () => resolve()));
    return `smtp://${host}:${(listening.server.address() as AddressInfo).port}`;
  };
  const by = (url: string, timeout = 2_000): SmtpDelivery => {
    delivery = new SmtpDelivery({ url, from: 'registry@example.org', letters: files, timeout });
    return delivery;
  };
  /** The certificate that the server brings along is for nobody: it is not trusted. */
  const CLEAR: SMTPServerOptions = { hideSTARTTLS: true };

  it('hands an e-mail over as it is', async () => {
    await by(await listen(CLEAR)).deliver(EMAIL);
    expect(received).toHaveLength(1);
    expect(received[0]?.envelope).toEqual({ from: 'registry@example.org', to: ['parent@example.org'] });
    expect(received[0]?.text).toMatch(/^From: "?North Shore Board"? <registry@example.org>\r$/m);
    expect(received[0]?.text).toMatch(/^Subject: A message from public health\r$/m);
    expect(received[0]?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(received[0]?.text).toContain('Vaccinations may be due.');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves letters to the files', async () => {
    await by(await listen(CLEAR)).deliver(LETTER);
    expect(received).toEqual([]);
    expect(readdirSync(folder)).toEqual([`${ID}.json`]);
  });

  it('lets no text of an agency become a header or another recipient', async () => {
    const from = 'Board\r\nBcc: other@example.org';
    await by(await listen(CLEAR)).deliver({ ...EMAIL, from, subject: 'A\r\nBcc: third@example.org' });
    expect(received[0]?.envelope).toMatchObject({ to: ['parent@example.org'] });
    expect(received[0]?.text).not.toMatch(/^Bcc:/m);
  });

  it('knows that a refused recipient got nothing', async () => {
    const url = await listen({
      ...CLEAR,
      onRcptTo: (_address, _session, callback) =>
        callback(Object.assign(new Error('No such user parent@example.org'), { responseCode: 550 })),
    });
    const failing = by(url).deliver(EMAIL);
    await expect(failing).rejects.toMatchObject({ code: 'DELIVERY.NOT_DELIVERED', reason: 'refused' });
    await expect(failing).rejects.not.toThrow(/parent@example/);
  });

  it('knows that a refused message got nowhere', async () => {
    const url = await listen({
      ...CLEAR,
      onData: (stream, _session, callback) => {
        stream.resume();
        stream.on('end', () => callback(Object.assign(new Error('Full'), { responseCode: 452 })));
      },
    });
    await expect(by(url).deliver(EMAIL)).rejects.toMatchObject({ reason: 'refused' });
  });

  it('knows that nobody was there', async () => {
    const url = await listen(CLEAR);
    const ending = server;
    server = undefined;
    await new Promise<void>((resolve) => ending?.close(() => resolve()));
    await expect(by(url).deliver(EMAIL)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('knows that nobody was there who answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
    const url = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(by(url, 200).deliver(EMAIL)).rejects.toMatchObject({ reason: 'unreachable' });
    await new Promise<void>((resolve) => silent.close(() => resolve()));
  });

  it('does not know whether a message arrived whose answer never came', async () => {
    const url = await listen({ ...CLEAR, onData: (stream) => void stream.resume() });
    await expect(by(url, 2_000).deliver(EMAIL)).rejects.toMatchObject({ code: 'DELIVERY.UNKNOWN' });
  });

  it('sends nothing under a certificate that it does not trust', async () => {
    const warned = jest.spyOn(console, 'error').mockReturnValue();
    const url = await listen();
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
    await expect(by(url).deliver(EMAIL)).rejects.toMatchObject({
      code: 'DELIVERY.NOT_DELIVERED',
    });
    expect(received).toEqual([]);
  });
});
