import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { routeOf, SERVICES } from './routes.mjs';

const OPENAPI = join(import.meta.dirname, '../../docs/contracts/openapi.json');

/**
 * One address for all services, for development and tests; deploy/ has a real proxy. `/health/ready` is ready when all are.
 * @param addressOf `http://host:port` of a service now
 * @returns its URL, and how to stop it
 */
export const startProxy = async ({ addressOf, port = 0, host = '127.0.0.1' }) => {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url.startsWith('/health/')) return void health(incoming.url, outgoing);
    if (incoming.url === '/openapi.json' && ['GET', 'HEAD'].includes(incoming.method)) {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      return void outgoing.end(readFileSync(OPENAPI));
    }
    const route = routeOf(incoming.url);
    if (route === undefined) return problem(outgoing, 404);
    forward(incoming, outgoing, new URL(route.url, addressOf(route.service)));
  });

  const forward = (incoming, outgoing, url) => {
    const sent = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    sent.on('error', () => (outgoing.headersSent ? outgoing.destroy() : problem(outgoing, 503)));
    outgoing.on('close', () => sent.destroy());
    incoming.pipe(sent);
  };

  const health = async (path, outgoing) => {
    const answers = await Promise.allSettled(
      SERVICES.map(async (service) => (await fetch(addressOf(service) + path)).status),
    );
    const isWell = answers.every(({ value }) => value === 200);
    outgoing.writeHead(isWell ? 200 : 503, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ status: isWell ? path.split('/').at(-1) : 'not ready' }));
  };

  await new Promise((resolve) => server.listen(port, host, resolve));
  return {
    url: `http://${host}:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
};

const problem = (outgoing, status) => {
  outgoing.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  outgoing.end(JSON.stringify({ type: 'about:blank', status }));
};
