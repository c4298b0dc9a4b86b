/** Settings from the environment; nothing else in the gateway reads it. */
import { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { isAddressRange } from './webhook.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SWITCH = ['0', '1', 'true', 'false', 'on', 'off'] as const;

const schema = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z.string().min(1).default('127.0.0.1'),
  VENDORGRAPH_SANDBOX: oneOf(SWITCH).optional(),
  SANDBOX_PORT: wholeNumber(0, 65_527).default(4100),
  VENDORGRAPH_DATA_DIR: z.string().min(1).default('.data'),
  VENDORGRAPH_API_KEY: z.string().min(16, { error: 'expected at least 16 characters' }).optional(),
  VENDORGRAPH_AUDIT_KEY: z.string().min(32, { error: 'expected at least 32 characters' }).optional(),
  VENDORGRAPH_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://graph.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  VENDORGRAPH_CURSOR_KEYS: z.string().optional(),
  VENDORGRAPH_TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(
      z.array(
        z
          .string()
          .refine(isAddressRange, { error: 'expected addresses or ranges such as 10.0.0.0/8, separated by commas' }),
      ),
    )
    .optional(),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected an address such as postgres://user@host/database' })
    .optional(),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: oneOf(LEVELS).default('info'),
  OPERATION_TIMEOUT_MS: wholeNumber(100, 600_000).default(30_000),
  DRAIN_TIMEOUT_MS: wholeNumber(0, 600_000).default(10_000),
  SUBSCRIPTION_MAX_LAG_MS: wholeNumber(1_000, 86_400_000).optional(),
  SUBSCRIPTION_STALLED_MS: wholeNumber(1_000, 3_600_000).default(60_000),
});

function wholeNumber(min: number, max: number) {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error, abort: true }).min(min, { error }).max(max, { error });
}

function oneOf<const Names extends readonly string[]>(names: Names) {
  return z.enum(names, { error: `expected one of ${names.join(', ')}` });
}

export interface Settings {
  port: number;
  host: string;
  /** Undefined when the environment does not say. */
  sandbox: boolean | undefined;
  sandboxPort: number;
  dataDir: string;
  /** A key with every scope, for gateways that run against real vendors. */
  apiKey: string | undefined;
  /** Signs the head of the audit log; undefined: a key made once and kept in the data directory. */
  auditKey: string | undefined;
  /** Sign cursors: `id:secret`, separated by commas, newest first; undefined: a key made once and kept in the data directory. */
  cursorKeys: string | undefined;
  /** Addresses and ranges whose X-Forwarded-For counts. */
  trustedProxies: readonly string[];
  /** Postgres for events instead of a file in the data directory. */
  databaseUrl: string | undefined;
  /** Where callers and vendors reach the gateway, without a slash at its end. */
  publicUrl: string | undefined;
  /** NODE_ENV=production: nothing that only serves to try things out may be on. */
  production: boolean;
  logLevel: z.output<typeof schema>['LOG_LEVEL'];
  /** Longest time one GraphQL operation may take, milliseconds. */
  operationTimeoutMs: number;
  /** How long a gateway that ends waits for what is in flight, milliseconds. */
  drainTimeoutMs: number;
  /** How long a subscriber may take over events without being up to date again, milliseconds; undefined: as long as it likes. */
  maxLagMs: number | undefined;
  /** How long a subscriber may leave an event untaken, milliseconds. */
  stalledAfterMs: number;
}

/** Throws ConfigError naming each variable that is wrong; never shows the value of a secret one. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name] || undefined]));
  const result = schema.safeParse(given);
  if (!result.success) {
    const [first, ...others] = result.error.issues.map((issue) => problemOf(issue, given));
    throw first ? new ConfigError(first, ...others) : result.error;
  }
  const values = result.data;
  return {
    port: values.PORT,
    host: values.HOST,
    sandbox:
      values.VENDORGRAPH_SANDBOX === undefined ? undefined : ['1', 'true', 'on'].includes(values.VENDORGRAPH_SANDBOX),
    sandboxPort: values.SANDBOX_PORT,
    dataDir: values.VENDORGRAPH_DATA_DIR,
    apiKey: values.VENDORGRAPH_API_KEY,
    auditKey: values.VENDORGRAPH_AUDIT_KEY,
    cursorKeys: values.VENDORGRAPH_CURSOR_KEYS,
    trustedProxies: values.VENDORGRAPH_TRUSTED_PROXIES ?? [],
    databaseUrl: values.DATABASE_URL,
    publicUrl: values.VENDORGRAPH_PUBLIC_URL,
    production: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    drainTimeoutMs: values.DRAIN_TIMEOUT_MS,
    maxLagMs: values.SUBSCRIPTION_MAX_LAG_MS,
    stalledAfterMs: values.SUBSCRIPTION_STALLED_MS,
  };
}

const SECRET: ReadonlySet<string> = new Set([
  'VENDORGRAPH_API_KEY',
  'VENDORGRAPH_AUDIT_KEY',
  'VENDORGRAPH_CURSOR_KEYS',
  'DATABASE_URL',
]);

function problemOf({ path, message }: z.core.$ZodIssue, given: Record<string, string | undefined>) {
  const name = String(path[0]);
  const found = SECRET.has(name) ? 'a value' : `"${given[name]}"`;
  return { file: 'environment', subject: name, message: `Found ${found}, ${message}. Set ${name} anew or unset it.` };
}
