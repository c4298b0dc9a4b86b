/**
 * `clients.yaml` of a graph folder: who may ask, how each proves who it is, and what it may do at most. Without the file
 * nobody may ask but the operator's key. `schema/clients.schema.json` is generated from here.
 */
import { z } from 'zod';
import { limitsSchema } from './limits.ts';
import { quotaSchema } from './quota-limits.ts';

/** Signatures by a private key only: with a shared secret, who can check a token could also make one. */
const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const secureUrl = z
  .string()
  .max(500)
  .refine(isSecureUrl, 'expected a URL that begins with https:// (http:// on the loopback address only)');

const clientId = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 of a-z, 0-9 and -')
  .refine(isFree, 'expected another name: operator and demo-… belong to the gateway’s own keys')
  .describe('Its name in logs, quotas and audit.');

const issuer = z.strictObject({
  issuer: secureUrl.describe('Exactly as in the "iss" claim, a slash at its end included.'),
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .transform((audience) => (typeof audience === 'string' ? [audience] : audience))
    .describe('What the "aud" claim must name: this graph, so that tokens for other services open nothing.'),
  jwks: secureUrl.optional().describe('Where its public keys are. Default: as its OpenID discovery document says.'),
  algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
    .describe('Signatures it may use.'),
  scopesClaim: z.string().min(1).default('scope').describe('Claim with the scopes: words in a text, or a list.'),
  clientClaim: z
    .string()
    .min(1)
    .optional()
    .describe('Claim with the client’s name at the issuer. Default: client_id, or azp where that is missing.'),
  typ: z
    .literal('at+jwt')
    .optional()
    .describe('Set when its access tokens say so in their header (RFC 9068): then no ID token passes for one.'),
  clockToleranceSeconds: z.number().min(0).max(30).default(5).describe('How far its clock may be off.'),
});

const client = z.strictObject({
  id: clientId,
  kind: z.enum(['frontend', 'app', 'agent']).describe('Decides the defaults of limits and quotas.'),
  proof: z
    .union([
      z.literal('key'),
      z.strictObject({
        issuer: z.string().describe('One of "issuers".'),
        client: z.string().min(1).describe('Its name at that issuer.'),
      }),
    ])
    .describe('key: keys made by `vendorgraph keys create`. Else: tokens of an issuer for a client of it.'),
  scopes: z.array(z.string()).describe('What it may do at most; a token may carry fewer.'),
  quota: quotaSchema.optional(),
  trustedDocumentsOnly: z.boolean().default(false).describe('Only saved operations, by documentId.'),
});

export const clientsSchema = z.strictObject({
  issuers: z.array(issuer).default([]),
  clients: z.array(client).default([]),
  limits: limitsSchema.optional(),
});

export type IssuerConfig = z.output<typeof issuer>;
export type ClientConfig = z.output<typeof client>;
export type ClientsConfig = z.output<typeof clientsSchema>;

/** Nobody: what a folder without the file has. */
export const NO_CLIENTS: ClientsConfig = clientsSchema.parse({});

/** For editors: `# yaml-language-server: $schema=schema/clients.schema.json` at the top of clients.yaml. */
export function clientsJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(clientsSchema, { io: 'input' }), null, 2)}\n`;
}

/** Whether what comes from there cannot be changed on the way: https, or this machine itself. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username + password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

function isFree(id: string): boolean {
  return id !== 'operator' && !id.startsWith('demo-');
}
