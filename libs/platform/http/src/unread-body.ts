import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** A body of more than this is not listened to any longer. */
const MAX_DRAINED_BYTES = 128 * 1_048_576;
/** Nor is a client that sends nothing for so long, ms. */
const MAX_SILENCE_MS = 5_000;

/**
 * An answer that ends its connection waits for the rest of the request. Closing a socket with something unread in it resets the
 * connection, and a client that is still sending, as one whose body is too large is, never sees why it was refused.
 */
export const answerAfterTheBody = (server: FastifyInstance): void => {
  server.addHook('onSend', (request, reply, payload, done) => {
    const ends = reply.getHeader('connection') === 'close' || !reply.raw.shouldKeepAlive;
    const { complete, readableEnded, destroyed } = request.raw;
    if (!ends || complete || readableEnded || destroyed) done(null, payload);
    else drain(request.raw, () => done(null, payload));
  });
};

const drain = (body: IncomingMessage, done: () => void): void => {
  let bytes = 0;
  const silence = setTimeout(() => stop(), MAX_SILENCE_MS);
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) stop();
    else silence.refresh();
  };
  const stop = (): void => {
    clearTimeout(silence);
    body.off('data', onData).off('close', stop).off('end', stop).off('error', stop);
    done();
  };
  body.on('data', onData).once('end', stop).once('close', stop).once('error', stop);
};
