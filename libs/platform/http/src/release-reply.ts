import type { FastifyInstance, FastifyReply } from 'fastify';
import { PROBLEM_MEDIA_TYPE, UNAVAILABLE } from './problem.js';

/** A committed disclosure; structurally the gate's `Release`. */
export interface Leaving<Body> {
  readonly record: Body;
  handOver(): boolean;
}

const leaving = new WeakMap<FastifyReply, Leaving<unknown>>();

/** The way for released person data into an answer: hands it over when the bytes go to the socket, not before. */
export const releaseInto = <Body>(reply: FastifyReply, release: Leaving<Body>): Body => {
  leaving.set(reply, release);
  return release.record;
};

/**
 * Checks each release at the last moment before the socket: one that is late leaves as the uniform 503.
 * Must be the last `onSend` hook.
 */
export const checkReleases = (server: FastifyInstance): void => {
  server.addHook('onSend', (_request, reply, payload, done) => {
    const release = leaving.get(reply);
    if (release === undefined || reply.statusCode !== 200 || release.handOver()) {
      done(null, payload);
      return;
    }
    void reply.code(503).header('content-type', PROBLEM_MEDIA_TYPE).header('retry-after', '1');
    reply.removeHeader('content-length');
    done(null, JSON.stringify(UNAVAILABLE));
  });
};
