/**
 * `webhook:` of `vendor.yaml`: how a vendor signs what it sends, and where a body says what happened. A vendor whose scheme
 * is known here needs no code. What stands in a header is unsigned with most schemes, so a body's word goes first.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { secretReference } from './secret-reference.ts';

export const WEBHOOK_SCHEMES = [
  'standard',
  'svix',
  'stripe',
  'hubspot',
  'zendesk',
  'slack',
  'calcom',
  'bamboohr',
  'github',
  'shopify',
  'sendgrid',
  'intercom',
  'calendly',
] as const;

export type WebhookSchemeName = (typeof WEBHOOK_SCHEMES)[number];

/** The longest retry of a known vendor, Stripe's, lasts three days; a key must outlive it by one. */
const LEAST_DEDUPE_DAYS = 4;
/** Below the shortest life of a dedupe key: else a captured request could be stored again. */
const MOST_TOLERANCE_SECONDS = 3 * 86_400;
const MOST_BYTES = 64 * 1024 * 1024;

const bodyPath = z.string().regex(/^[\w$-]+(\.[\w$-]+)*$/, 'expected a dotted path such as data.object.id');
const headerName = z
  .string()
  .regex(/^[\w-]+$/, 'expected the name of a header')
  .refine((name) => !/authori[sz]ation|cookie|signature|hmac|token|secret|key/i.test(name), {
    error: 'expected a header that carries no credential and no signature: it is stored',
  });
const bodyPathOrHeader = z
  .string()
  .regex(/^(header:[\w-]+|[\w$-]+(\.[\w$-]+)*)$/, 'expected a dotted path such as event.type, or header:NAME')
  .refine((place) => !place.startsWith('header:') || headerName.safeParse(place.slice(7)).success, {
    error: 'expected a header that carries no credential and no signature: it is stored',
  });
const oneOrMore = <Part extends z.ZodType>(part: Part) => z.union([part, z.array(part).min(1)]);
const instant = z.iso.datetime({ offset: true, error: 'expected a time such as 2026-11-02T09:00:00Z' });

const secret = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'expected a short name in lower case: it is shown in metrics'),
    secret: secretReference,
    notBefore: instant.optional().describe('Verifies nothing before this time.'),
    notAfter: instant.optional().describe('Verifies nothing from this time on.'),
  })
  .refine(
    ({ notBefore = '', notAfter }) => notAfter === undefined || Date.parse(notAfter) > (Date.parse(notBefore) || 0),
    {
      error: 'expected notAfter to be later than notBefore',
    },
  );

export const webhookSchema = z
  .strictObject({
    scheme: z.enum(WEBHOOK_SCHEMES).describe('How deliveries are signed. There is no way to take unsigned ones.'),
    secret: secretReference.optional().describe('The only secret; its id is "default".'),
    secrets: z
      .array(secret)
      .min(1)
      .max(8)
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, { error: 'expected ids that differ' })
      .optional()
      .describe('Instead of `secret`: any of them verifies while it is live. For rotations.'),
    toleranceSeconds: z
      .int()
      .min(1)
      .max(MOST_TOLERANCE_SECONDS)
      .default(300)
      .describe('How far the signed time may be off, both ways. Schemes without a signed time ignore it.'),
    maxBytes: z.int().min(1).max(MOST_BYTES).default(1_048_576).describe('A larger body is refused.'),
    allowAddresses: z
      .array(z.string().refine(isAddressRange, { error: 'expected an address or a range such as 203.0.113.0/24' }))
      .min(1)
      .optional()
      .describe('Senders; absent: any.'),
    bodyFormat: z.enum(['json', 'form']).default('json').describe('Whatever the unsigned content type says.'),
    elements: bodyPath
      .optional()
      .describe('Where the body holds the array of events; $ is the body itself. Absent: the body is one event.'),
    type: oneOrMore(bodyPathOrHeader).describe(
      'Where an event says its type, the vendor’s own name; the first that is there. `header:NAME` only counts when the body says nothing.',
    ),
    id: oneOrMore(bodyPath).optional().describe('Where an event holds its id; several make one together.'),
    idHeader: headerName
      .optional()
      .describe('Unsigned header with an id of the delivery: a second key beside the hash of the body.'),
    volatile: z
      .array(bodyPath)
      .default([])
      .describe('What differs between tries of one event, e.g. a count of attempts. It makes no other event.'),
    time: z
      .strictObject({ path: bodyPath, unit: z.enum(['ms', 's', 'iso']) })
      .optional()
      .describe('When it happened, by the vendor’s clock.'),
    dedupeDays: z
      .int()
      .min(LEAST_DEDUPE_DAYS)
      .max(3_650)
      .default(7)
      .describe('How long an event is known again: the vendor’s longest retry and a day.'),
    retention: z
      .strictObject({
        days: z.int().positive().default(30),
        megabytes: z.int().positive().default(1_024).describe('Of raw bodies and events.'),
      })
      .prefault({})
      .describe('Whichever is reached first.'),
    rate: z
      .strictObject({ perSecond: z.number().positive(), burst: z.int().positive() })
      .optional()
      .describe('Verified deliveries beyond it are put off with 503; absent: no limit.'),
  })
  .refine(({ secret: one, secrets }) => (one === undefined) !== (secrets === undefined), {
    error: 'expected either secret or secrets',
  });

export type WebhookConfig = z.output<typeof webhookSchema>;

/** An address or a range in CIDR notation, IPv4 or IPv6. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
