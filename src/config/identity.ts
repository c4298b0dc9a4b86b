/**
 * `schema/identity.yaml`: how a person or an account is recognised in every system. Without the file, or without a part of
 * it, the defaults below hold. `schema/identity.schema.json` is generated from here.
 */
import { z } from 'zod';

/** Providers whose domain says nothing about a person's company. */
const FREE_MAIL_DOMAINS = [
  'aol.com',
  'fastmail.com',
  'gmail.com',
  'gmx.com',
  'gmx.de',
  'gmx.net',
  'googlemail.com',
  'hey.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mac.com',
  'mail.com',
  'mail.ru',
  'me.com',
  'msn.com',
  'outlook.com',
  'pm.me',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'tutanota.com',
  'web.de',
  'yahoo.co.uk',
  'yahoo.com',
  'yandex.com',
  'yandex.ru',
  'zoho.com',
];

const EMAIL = { key: 'email', confidence: 0.95 } as const;

function keysAmong<const Name extends string>(...names: readonly Name[]) {
  const key = z.strictObject({
    key: z.enum(names),
    confidence: z
      .number()
      .min(0)
      .max(1)
      .describe('How sure a match by this key is; shown to callers, decides nothing.'),
  });
  return z
    .array(key)
    .min(1)
    .refine((keys) => new Set(keys.map((one) => one.key)).size === keys.length, 'expected each key once')
    .describe('In order of precedence: of several keys that match, the first is the one that counts.');
}

const byEmail = () => keysAmong('email').default([EMAIL]);

const aliases = (what: string) =>
  z
    .record(z.string(), z.string())
    .default({})
    .describe(`Other ${what} → the one that recognises. All in lower case; an alias of an alias is refused.`);

const person = z.strictObject({
  keys: z
    .strictObject({
      hubspot: keysAmong('email').default([{ key: 'email', confidence: 1 }]),
      stripe: byEmail(),
      zendesk: keysAmong('external_id', 'email')
        .default([{ key: 'external_id', confidence: 1 }, EMAIL])
        .describe('external_id: the id of the HubSpot contact.'),
      slack: byEmail(),
      resend: byEmail(),
      bamboohr: byEmail(),
    })
    .prefault({}),
  aliases: aliases('addresses of a person'),
});

const account = z.strictObject({
  keys: z
    .strictObject({
      hubspot: keysAmong('domain').default([{ key: 'domain', confidence: 1 }]),
      stripe: keysAmong('metadata.domain', 'email_domain')
        .default([
          { key: 'metadata.domain', confidence: 0.95 },
          { key: 'email_domain', confidence: 0.6 },
        ])
        .describe(
          'email_domain leads from a customer to its account only: looked for, it would find everybody billed there.',
        ),
      zendesk: keysAmong('external_id', 'domain_names')
        .default([
          { key: 'external_id', confidence: 1 },
          { key: 'domain_names', confidence: 0.9 },
        ])
        .describe('external_id: the id of the HubSpot company.'),
    })
    .prefault({}),
  aliases: aliases('domains of a company'),
});

export const identitySchema = z.strictObject({
  person: person.prefault({}),
  account: account.prefault({}),
  freeMailDomains: z
    .array(z.string())
    .default(FREE_MAIL_DOMAINS)
    .describe('Providers whose domain says nothing about a person’s company.'),
});

export type IdentityConfig = z.output<typeof identitySchema>;

export const DEFAULT_IDENTITY_CONFIG: IdentityConfig = identitySchema.parse({});

/** For editors: `# yaml-language-server: $schema=./identity.schema.json` at the top of identity.yaml. */
export function identityJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(identitySchema, { io: 'input' }), null, 2)}\n`;
}
