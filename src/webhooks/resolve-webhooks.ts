/**
 * Every vendor's `webhook:` block with its secrets at hand, and what is wrong with them: a missing secret is found at start, for
 * without it nothing could be verified and nothing is ever taken unverified.
 */
import type { ConfigProblem } from '../config/config-error.ts';
import type { GraphSource } from '../config/graph-folder.ts';
import type { VendorName } from '../config/vendor-name.ts';
import type { WebhookConfig } from '../config/webhook.ts';
import type { SecretReader } from '../secrets/secret.ts';
import { type ResolvedWebhook, resolveWebhook } from './resolved-webhook.ts';
import { schemeOf } from './schemes.ts';
import { DEFAULT_ID } from './secret-spans.ts';
import { createWebhookSecret, type WebhookSecret } from './webhook-secret.ts';

/** Of what the sandbox's vendors sign with. */
export const SANDBOX_ID = 'sandbox';

export interface ResolveOptions {
  sources: readonly Pick<GraphSource, 'vendor' | 'config' | 'vendorYaml'>[];
  readSecret: SecretReader;
  /** What the sandbox's vendors sign with. Then no secret is read, and a vendor without one here has no webhooks. */
  sandbox?: Readonly<Partial<Record<VendorName, string>>> | undefined;
  /** @default Date.now */
  now?: () => number;
}

export interface ResolvedWebhooks {
  webhooks: ReadonlyMap<VendorName, ResolvedWebhook>;
  /** Vendors with a block that cannot be used; each has a problem below. */
  unready: ReadonlySet<VendorName>;
  problems: readonly ConfigProblem[];
}

/** Throws nothing: whether a gateway starts with problems is its own decision. They name references, never values. */
export function resolveWebhooks(options: ResolveOptions): ResolvedWebhooks {
  const webhooks = new Map<VendorName, ResolvedWebhook>();
  const unready = new Set<VendorName>();
  const problems: ConfigProblem[] = [];
  for (const source of options.sources) {
    const { vendor, config } = source;
    if (config.webhook === undefined) continue;
    const secrets = secretsOf(vendor, config.webhook, options);
    if (secrets.length === 0) continue;
    const found = problemsOf(source, config.webhook, secrets, (options.now ?? Date.now)());
    problems.push(...found);
    if (found.length === 0) webhooks.set(vendor, resolveWebhook(vendor, config.webhook, secrets));
    else unready.add(vendor);
  }
  return { webhooks, unready, problems };
}

function secretsOf(
  vendor: VendorName,
  config: WebhookConfig,
  { readSecret, sandbox }: ResolveOptions,
): readonly WebhookSecret[] {
  const scheme = schemeOf(config.scheme);
  if (sandbox !== undefined) {
    const value = sandbox[vendor];
    return value === undefined ? [] : [createWebhookSecret({ id: SANDBOX_ID }, scheme, () => value)];
  }
  const settings = config.secrets ?? [{ id: DEFAULT_ID, secret: config.secret ?? '' }];
  return settings.map((span) => createWebhookSecret(span, scheme, () => readSecret(span.secret)));
}

function problemsOf(
  { vendor, vendorYaml }: ResolveOptions['sources'][number],
  { secrets: list }: WebhookConfig,
  secrets: readonly WebhookSecret[],
  now: number,
): ConfigProblem[] {
  const at = (path: (string | number)[], message: string): ConfigProblem => ({
    file: vendorYaml.path,
    ...vendorYaml.locate(['webhook', ...path]),
    subject: vendor,
    message,
  });
  if (secrets.every(({ notAfter }) => notAfter <= now)) {
    return [
      at(['secrets'], 'Found only secrets that have ended, expected one that is live. Add the vendor’s new one.'),
    ];
  }
  return secrets.flatMap((secret, index) => {
    // One that has ended is needed no more.
    const complaint = secret.notAfter <= now ? undefined : complaintOf(secret);
    return complaint === undefined
      ? []
      : [at(list === undefined ? ['secret'] : ['secrets', index, 'secret'], complaint)];
  });
}

function complaintOf(secret: WebhookSecret): string | undefined {
  try {
    secret.key();
    return undefined;
  } catch (error) {
    // SecretError names the reference; a scheme's TypeError says what is wrong with what stands there.
    const reason = error instanceof TypeError ? `The webhook secret ${error.message}.` : reasonOf(error);
    return `${reason} Webhooks are taken only when they can be verified: set the secret, or take the webhook block out.`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The webhook secret cannot be read.';
}
