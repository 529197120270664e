/** The services, and which of them answers a path: by its first segment. The proxy in deploy/ says the same. */
export const SERVICES = ['directory', 'ingestion', 'identity', 'privacy', 'query', 'reminders'];

const PATHS = {
  directory: ['directory'],
  ingestion: [
    'hl7',
    'births',
    'deaths',
    'rosters',
    'immunizations',
    'uploads',
    'quality',
    'schemas',
    'inbound-keys',
  ],
  identity: ['reviews'],
  privacy: ['privacy', 'me', 'audit'],
  query: ['persons', 'subscription'],
  reminders: ['reminders', 'notices'],
};

const SERVICE_BY_SEGMENT = new Map(
  Object.entries(PATHS).flatMap(([service, segments]) => segments.map((segment) => [segment, service])),
);

/**
 * Which service a request is for, and what it asks of that: `/services/<name>/…` is that service's own `/…` (health, dead letters).
 * @returns undefined: nobody's
 */
export const routeOf = (url) => {
  const [, first = '', second = '', ...rest] = url.split('?', 1)[0].split('/');
  if (first === 'services' && SERVICES.includes(second))
    return {
      service: second,
      url: `/${rest.join('/')}${url.includes('?') ? url.slice(url.indexOf('?')) : ''}`,
    };
  const service = SERVICE_BY_SEGMENT.get(first);
  return service === undefined ? undefined : { service, url };
};
