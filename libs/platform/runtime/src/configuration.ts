import 'reflect-metadata';
import { isIP, isIPv4 } from 'node:net';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  validateSync,
} from 'class-validator';

const flag = Transform(({ value }: { value: unknown }) =>
  value === '1' ? true : value === '0' ? false : value,
);

const whole = Transform(({ value }: { value: unknown }) =>
  /^\d+$/.test(String(value)) ? Number(value) : value,
);

/** `192.0.2.1` or `2001:db8::/32`, or one of the names that Fastify knows for private networks. */
const isProxy = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  if (isIP(address) === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128));
};

const IsProxies = () =>
  ValidateBy({
    name: 'isProxies',
    validator: { validate: (value) => typeof value === 'string' && proxiesIn(value).every(isProxy) },
  });

const proxiesIn = (list: string): string[] =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');

const IsSmtpUrl = () =>
  ValidateBy({
    name: 'isSmtpUrl',
    validator: {
      validate: (value) => typeof value === 'string' && /^smtps?:\/\/[^/]/.test(value) && URL.canParse(value),
    },
  });

/** What the environment configures. Validated at boot: a service with a wrong setting does not start. */
export class Configuration {
  /** 0 picks a free port. */
  @whole
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Address to listen on. Loopback unless said otherwise: a registry belongs behind a proxy that ends TLS. */
  @IsString()
  HOST = '127.0.0.1';

  /**
   * Proxies in front, by address or network, separated by commas: what they say about where a request comes from is believed. Wrong
   * keys are counted by source, so without this all clients behind a proxy are one.
   */
  @IsProxies()
  TRUSTED_PROXIES = '';

  /** Folder of everything the registry keeps. */
  @IsString()
  DATA_DIR = './data';

  /** A set of defaults for the adapters: all engines within the process, or servers that several processes share. */
  @IsIn(['embedded', 'distributed'])
  PROFILE: 'embedded' | 'distributed' = 'embedded';

  /** Adapter of the event store port. */
  @IsIn(['sqlite', 'postgres', 'eventstoredb'])
  EVENT_STORE: 'sqlite' | 'postgres' | 'eventstoredb' = 'sqlite';

  /** Where the facts are when `EVENT_STORE=eventstoredb`. */
  @ValidateIf((configuration: Configuration) => configuration.EVENT_STORE === 'eventstoredb')
  @Matches(/^(esdb|kurrentdb)(\+discover)?:\/\//)
  EVENTSTORE_URL?: string;

  /** Where projections are. */
  @IsIn(['sqlite', 'postgres'])
  READ_MODELS: 'sqlite' | 'postgres' = 'sqlite';

  /** Where content keys are. */
  @IsIn(['sqlite', 'postgres'])
  CONTENT_KEYS: 'sqlite' | 'postgres' = 'sqlite';

  /** How contexts hear of one another: within the process, or over Kafka. */
  @IsIn(['embedded', 'kafka'])
  MESSAGING: 'embedded' | 'kafka' = 'embedded';

  /** `host:port` of some brokers, separated by commas, when `MESSAGING=kafka`. */
  @ValidateIf((configuration: Configuration) => configuration.MESSAGING === 'kafka')
  @Matches(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/)
  KAFKA_BROKERS?: string;

  /** Put before the names of topics and groups, so that deployments can share a cluster. */
  @Matches(/^[a-z0-9.-]{0,40}$/)
  KAFKA_PREFIX = '';

  /** Copies of each partition: 3 with three brokers or more. */
  @whole
  @IsInt()
  @Min(1)
  @Max(7)
  KAFKA_REPLICATION = 1;

  /** Partitions of each topic; set when the topic is made (docs/runbook.md). */
  @whole
  @IsInt()
  @Min(1)
  @Max(100)
  KAFKA_PARTITIONS = 6;

  /** TLS to the brokers. */
  @flag
  @IsBoolean()
  KAFKA_TLS = false;

  /** SASL/SCRAM-SHA-512, with `KAFKA_PASSWORD`. */
  @IsOptional()
  @IsString()
  KAFKA_USERNAME?: string;

  @ValidateIf((configuration: Configuration) => configuration.KAFKA_USERNAME !== undefined)
  @IsString()
  KAFKA_PASSWORD?: string;

  /** Folder of the registry's own keys: the key ring, and the keys that wrap content keys. `DATA_DIR/keys` unless said otherwise. */
  @IsOptional()
  @IsString()
  KEYS_DIR?: string;

  /** The database of whatever is in PostgreSQL. */
  @ValidateIf((configuration: Configuration) => configuration.usesPostgres)
  @Matches(/^postgres(ql)?:\/\//)
  POSTGRES_URL?: string;

  /** Do other processes release records from the same store? Decides when a setting change is acknowledged. */
  @IsOptional()
  @IsIn(['one', 'several'])
  GATE_PROCESSES?: 'one' | 'several';

  /**
   * How reminders leave: everything as files in `DATA_DIR/outbox`, which a print shop or a mail system collects, or e-mails by SMTP and
   * letters as files.
   */
  @IsIn(['file', 'smtp'])
  DELIVERY: 'file' | 'smtp' = 'file';

  /** Where e-mails go when `DELIVERY=smtp`: `smtps://…`, or `smtp://…` with STARTTLS; in clear to this machine only. */
  @ValidateIf((configuration: Configuration) => configuration.DELIVERY === 'smtp')
  @IsSmtpUrl()
  SMTP_URL?: string;

  /** The registry's own address, which e-mails come from. */
  @ValidateIf((configuration: Configuration) => configuration.DELIVERY === 'smtp')
  @IsEmail()
  SMTP_FROM?: string;

  /** Where traces go, an OTLP collector over HTTP; empty: there are none. */
  @ValidateIf((configuration: Configuration) => configuration.OTEL_EXPORTER_OTLP_ENDPOINT !== '')
  @Matches(/^https?:\/\//)
  OTEL_EXPORTER_OTLP_ENDPOINT = '';

  @IsIn(['debug', 'info', 'warn', 'error', 'silent'])
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  /** Seeds demonstration organizations with the fixed keys that the README lists. Never on real data. */
  @flag
  @IsBoolean()
  REGISTRY_DEMO = false;

  get usesPostgres(): boolean {
    return [this.EVENT_STORE, this.READ_MODELS, this.CONTENT_KEYS].includes('postgres');
  }

  get trustedProxies(): string[] {
    return proxiesIn(this.TRUSTED_PROXIES);
  }

  /** `several` unless the store is one that only this process can open. */
  get gateProcesses(): 'one' | 'several' {
    return this.GATE_PROCESSES ?? (this.EVENT_STORE === 'sqlite' ? 'one' : 'several');
  }
}

/** A setting is wrong; names it, not its value (a URL can hold a password). */
export class InvalidConfiguration extends Error {
  readonly code = 'CONFIGURATION.INVALID';
}

const NAMES = [
  'PORT',
  'HOST',
  'TRUSTED_PROXIES',
  'DATA_DIR',
  'PROFILE',
  'EVENT_STORE',
  'EVENTSTORE_URL',
  'READ_MODELS',
  'CONTENT_KEYS',
  'MESSAGING',
  'KAFKA_BROKERS',
  'KAFKA_PREFIX',
  'KAFKA_REPLICATION',
  'KAFKA_PARTITIONS',
  'KAFKA_TLS',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'KEYS_DIR',
  'POSTGRES_URL',
  'GATE_PROCESSES',
  'DELIVERY',
  'SMTP_URL',
  'SMTP_FROM',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'LOG_LEVEL',
  'REGISTRY_DEMO',
] as const satisfies readonly (keyof Configuration)[];

/** What each profile says where nothing else is said. */
const PROFILES: Readonly<Record<string, Readonly<Partial<Configuration>>>> = {
  distributed: {
    EVENT_STORE: 'postgres',
    READ_MODELS: 'postgres',
    CONTENT_KEYS: 'postgres',
    MESSAGING: 'kafka',
    GATE_PROCESSES: 'several',
  },
};

/** @throws InvalidConfiguration */
export const readConfiguration = (
  environment: Readonly<Record<string, string | undefined>>,
): Configuration => {
  const given = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const configuration = plainToInstance(Configuration, { ...PROFILES[given['PROFILE'] ?? ''], ...given });
  const errors = validateSync(configuration, { forbidUnknownValues: true });
  if (errors.length > 0) {
    const places = errors.map(
      (error) => `${error.property} (${Object.keys(error.constraints ?? {}).join(', ')})`,
    );
    throw new InvalidConfiguration(`Not a valid configuration: ${places.join('; ')}`);
  }
  return configuration;
};
