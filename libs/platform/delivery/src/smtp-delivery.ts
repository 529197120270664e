import { createTransport } from 'nodemailer';
import { NotDelivered, type Delivery, type OutgoingMessage } from './delivery.port.js';

export interface SmtpOptions {
  /** `smtps://user:password@host:465`, or `smtp://` with STARTTLS. */
  readonly url: string;
  /** Address of the registry, in `From`. */
  readonly from: string;
  /** For what is no e-mail. */
  readonly letters: Delivery;
  /** Milliseconds until a server that does not greet is given up; twice as long for one that goes silent later. */
  readonly timeout?: number;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca?: string;
}

const TIMEOUT_MS = 20_000;

/**
 * E-mails by SMTP, letters as they were. Never in clear over a network: without TLS from the first, STARTTLS is a must, except to this
 * very machine.
 */
export class SmtpDelivery implements Delivery {
  private readonly transport: ReturnType<typeof createTransport>;

  constructor(private readonly options: SmtpOptions) {
    const { hostname, protocol, port, username, password } = new URL(options.url);
    const timeout = options.timeout ?? TIMEOUT_MS;
    const secure = protocol === 'smtps:';
    this.transport = createTransport({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTLS: !secure && !isLoopback(hostname),
      ...(username === ''
        ? {}
        : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      // Longer than the greeting's: where both are over when a busy process looks, the one that says "nothing was sent" is told first.
      socketTimeout: 2 * timeout,
      // What an agency gave as text is text: no file and no URL is fetched for it.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver(message: OutgoingMessage): Promise<void> {
    if (message.channel === 'letter') {
      await this.options.letters.deliver(message);
      return;
    }
    const { id, from, to, subject, text } = message;
    try {
      await this.transport.sendMail({
        messageId: `<${id}@${domainOf(this.options.from)}>`,
        from: { name: from, address: this.options.from },
        to: { name: '', address: to },
        subject,
        text,
        // No machine shall answer it.
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (error) {
      throw certainty(error);
    }
  }

  async close(): Promise<void> {
    this.transport.close();
    await this.options.letters.close();
  }
}

/**
 * What an error says of whether the message was taken. A server's refusal does, and so does one before the message was sent: no address, no
 * connection, no greeting, no trust. nodemailer gives everything else about a connection the command `CONN` too, whenever it happens.
 */
const certainty = (error: unknown): Error => {
  const { code, syscall, originalCode, timeoutType, responseCode } = error as SmtpError;
  if (typeof responseCode === 'number' && responseCode >= 400) return new NotDelivered('refused');
  if (code === 'EENVELOPE' || code === 'EAUTH') return new NotDelivered('refused');
  const never =
    syscall === 'connect' ||
    code === 'EDNS' ||
    code === 'ETLS' ||
    (typeof timeoutType === 'string' && BEFORE_SENDING.has(timeoutType)) ||
    (typeof originalCode === 'string' && UNTRUSTED.test(originalCode));
  return never ? new NotDelivered('unreachable') : new DeliveryUnknown();
};

interface SmtpError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly originalCode?: unknown;
  readonly timeoutType?: unknown;
  readonly responseCode?: unknown;
}

const BEFORE_SENDING = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT']);

/** OpenSSL's and Node's codes of a certificate that is not accepted. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** It may have been taken. Holds nothing of the server's answer, which can repeat the address. */
export class DeliveryUnknown extends Error {
  readonly code = 'DELIVERY.UNKNOWN';
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
