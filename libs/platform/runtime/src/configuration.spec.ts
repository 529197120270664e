import { InvalidConfiguration, readConfiguration } from './configuration.js';

describe('The setting TRUSTED_PROXIES', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['192.0.2.1', ['192.0.2.1']],
    ['loopback, 10.0.0.0/8,2001:db8::/32', ['loopback', '10.0.0.0/8', '2001:db8::/32']],
  ])('%p names %j', (TRUSTED_PROXIES, proxies) => {
    expect(readConfiguration({ TRUSTED_PROXIES }).trustedProxies).toEqual(proxies);
  });

  it.each(['true', '*', 'proxy.example', '10.0.0.0/33', '10.0.0.0/', '1/2/3', '2001:db8::/129'])(
    '%p stops the start',
    (TRUSTED_PROXIES) => {
      expect(() => readConfiguration({ TRUSTED_PROXIES })).toThrow(InvalidConfiguration);
    },
  );
});

describe('The setting DELIVERY', () => {
  const SMTP = { DELIVERY: 'smtp', SMTP_URL: 'smtps://mail.example', SMTP_FROM: 'registry@example.org' };

  it('is files unless said otherwise', () => {
    expect(readConfiguration({}).DELIVERY).toBe('file');
    expect(readConfiguration(SMTP)).toMatchObject(SMTP);
  });

  it.each([
    { DELIVERY: 'pigeon' },
    { ...SMTP, SMTP_URL: undefined },
    { ...SMTP, SMTP_URL: 'https://mail.example' },
    { ...SMTP, SMTP_URL: 'smtp://' },
    { ...SMTP, SMTP_FROM: undefined },
    { ...SMTP, SMTP_FROM: 'registry' },
  ])('stops the start: %j', (environment) => {
    expect(() => readConfiguration(environment)).toThrow(InvalidConfiguration);
  });
});
