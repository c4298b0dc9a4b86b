/**
 * `sources/<vendor>/vendor.yaml`: how to treat a vendor. The OpenAPI file beside it says what the vendor can do; this
 * one says how we reach it and what our graph makes of it. `schema/vendor.schema.json` is generated from here.
 */
import { z } from 'zod';
import { eventMap } from './event-map.ts';
import { PII_NAMES } from './pii-category.ts';
import { reconcileSchema } from './reconcile.ts';
import { secretReference } from './secret-reference.ts';
import { VENDOR_NAME_PATTERN } from './vendor-name.ts';
import { webhookSchema } from './webhook.ts';

/** Dotted path into a JSON answer; digits index arrays: `paging.next.after`, `errors.0.title`. */
const jsonPath = z.string().regex(/^[\w$]+(\.[\w$]+)*$/, 'expected a dotted path such as paging.next.after');

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), token: secretReference }),
  z.strictObject({
    kind: z.literal('basic'),
    username: z.union([secretReference, z.string()]),
    password: z.union([secretReference, z.string()]),
  }),
  z.strictObject({
    kind: z.literal('apiKey'),
    header: z.string().describe('Header that carries the key.'),
    key: secretReference,
  }),
]);

const rowId = jsonPath
  .optional()
  .describe('Where a row holds its id, by which a row that comes twice is told. @default id');

const paging = z.discriminatedUnion('style', [
  z
    .strictObject({
      style: z.literal('cursor'),
      in: z.enum(['query', 'body']).default('query'),
      size: z.string().describe('Wire name of the page-size parameter, e.g. limit or page[size].'),
      cursor: z.string().describe('Wire name of the cursor parameter, e.g. after or page[after].'),
      next: jsonPath.describe('Where the answer holds the next cursor; absent, null or "" at the end.'),
      more: jsonPath.optional().describe('Boolean in the answer that says whether a next page exists.'),
      maxSize: z.int().positive().describe('Largest page the vendor takes.'),
      id: rowId,
    })
    .describe('The answer names the next cursor.'),
  z
    .strictObject({
      style: z.literal('lastId'),
      in: z.enum(['query', 'body']).default('query'),
      size: z.string(),
      cursor: z.string().describe('Wire name of the parameter that takes the last row’s id, e.g. starting_after.'),
      id: jsonPath.default('id').describe('Where a row holds its id.'),
      more: jsonPath,
      maxSize: z.int().positive(),
      order: z
        .strictObject({
          path: jsonPath.describe('Where a row holds a number or a time that places it.'),
          direction: z.enum(['asc', 'desc']),
        })
        .optional()
        .describe(
          'The order of the list. A page that comes in another is put in order, and goes on behind its last row.',
        ),
    })
    .describe('The last row’s id is the cursor.'),
  z
    .strictObject({
      style: z.literal('offset'),
      in: z.enum(['query', 'body']).default('query'),
      size: z.string(),
      offset: z.string().describe('Wire name of the offset or page-number parameter.'),
      unit: z.enum(['row', 'page']).describe('What the offset counts.'),
      first: z.int().min(0).default(0).describe('The first offset: 0 for rows, mostly 1 for pages.'),
      more: jsonPath.describe('Says whether a next page exists: true, or a value that is not null.'),
      maxSize: z.int().positive(),
      maxRows: z.int().positive().optional().describe('The vendor refuses to page beyond this row.'),
      id: rowId,
    })
    .describe('Rows or pages are counted.'),
]);

const operation = z.strictObject({
  paging: z.string().optional().describe('Name of a style under `paging`: the root field becomes a Relay connection.'),
  items: jsonPath.optional().describe('With paging: where the answer holds the rows.'),
  result: jsonPath
    .optional()
    .describe('Where the answer holds what the field returns; the envelope around it is dropped.'),
  rename: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'GraphQL argument names: OpenAPI parameter name → argument name. A sole path parameter is called id by itself.',
    ),
  sparse: z
    .strictObject({
      argument: z.string().describe('OpenAPI parameter (or body property) that lists the wanted fields.'),
      in: z.enum(['query', 'body']).default('query'),
      separator: z.string().optional().describe('Joined by it; absent: the parameter’s own array style.'),
      fields: jsonPath
        .optional()
        .describe('Property of the row whose fields are meant, e.g. properties; absent: the row’s own fields.'),
    })
    .optional()
    .describe('Unless the caller says otherwise, every field our description knows is asked for by name.'),
  idempotency: z.string().optional().describe('Header that takes an idempotency key, when the vendor has one.'),
  kind: z.enum(['query', 'mutation']).optional().describe('A POST that only reads is a query.'),
  headers: z
    .record(z.string(), z.string())
    .optional()
    .describe('Constant headers of this operation, e.g. an API version.'),
});

export const vendorSchema = z.strictObject({
  vendor: z
    .string()
    .regex(VENDOR_NAME_PATTERN, 'expected 2 to 20 lower-case letters and digits, a letter first')
    .describe('The source’s name in .meshrc.yaml; it prefixes root fields and, with a capital, types.'),
  title: z.string(),
  role: z.string().describe('What a company rents it for, in a few words.'),
  endpoint: z
    .url({ protocol: /^https$/ })
    .describe('Base URL of the vendor’s API; calls to any other host are refused.'),
  spec: z.string().optional().describe('The published description this source was compared with.'),
  auth,
  headers: z.record(z.string(), z.string()).default({}).describe('Sent with every call; no secrets.'),
  query: z
    .strictObject({
      arrays: z
        .enum(['repeat', 'comma', 'brackets'])
        .default('repeat')
        .describe('How arrays are written when the parameter itself does not say.'),
    })
    .default({ arrays: 'repeat' }),
  timeoutMs: z.int().positive().default(10_000).describe('Deadline of one call.'),
  limits: z.strictObject({
    concurrency: z.int().positive().describe('Calls in flight at once, from one gateway process.'),
    maxQueued: z
      .int()
      .positive()
      .default(1_000)
      .describe('Calls of one client that may wait for a place; one more is VENDOR_RATE_LIMITED.'),
    requests: z.int().positive().optional().describe('The vendor’s published limit: requests …'),
    perSeconds: z.number().positive().optional().describe('… in so many seconds.'),
    source: z.string().optional().describe('Where the figure comes from.'),
  }),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(5).default(2).describe('Tries in all, of calls that only read.'),
      statuses: z.array(z.int()).default([429, 502, 503, 504]),
      baseMs: z.int().positive().default(200),
      maxMs: z.int().positive().default(5_000),
    })
    .prefault({}),
  errors: z.strictObject({
    message: z
      .array(z.string())
      .describe('Where an error body holds its message: dotted paths or `header:NAME`, first hit wins.'),
    code: z.array(z.string()).default([]).describe('Where it holds its code.'),
    envelope: z
      .strictObject({ ok: jsonPath, error: jsonPath })
      .optional()
      .describe('For vendors that fail with HTTP 200: `ok` is false then, `error` holds the code.'),
    partial: z
      .strictObject({
        at: jsonPath
          .optional()
          .describe('Where a batch read’s answer lists what it could not read; without it, its rows are among them.'),
        keys: z.array(jsonPath).describe('Where an entry names the keys it is about.'),
        status: jsonPath
          .optional()
          .describe('Where an entry has an HTTP status of its own: one of 2xx is no fault, any other says which.'),
      })
      .optional()
      .describe('For batch reads that answer in part: `code` and `message` are looked for in each entry.'),
    notFound: z.array(z.string()).default([]).describe('Codes that mean "no such object"; HTTP 404 always does.'),
    rateLimited: z.array(z.string()).default([]).describe('Codes that mean a rate limit; HTTP 429 always does.'),
    unauthenticated: z
      .array(z.string())
      .default([])
      .describe('Codes that mean our credential is refused; HTTP 401 always does.'),
  }),
  paging: z.record(z.string(), paging).default({}),
  operations: z
    .record(z.string(), operation)
    .default({})
    .describe('By operationId; an operation without an entry is taken as it is.'),
  webhook: webhookSchema.optional(),
  events: eventMap.default({}),
  reconcile: reconcileSchema.optional(),
  personalData: z
    .record(z.string(), z.record(z.string(), z.enum(PII_NAMES)))
    .default({})
    .describe('Masked for callers without pii:read. By type without prefix, then field: `Contact: { email: email }`.'),
});

export type VendorConfig = z.output<typeof vendorSchema>;
export type PagingStyle = z.output<typeof paging>;
export type OperationConfig = z.output<typeof operation>;
export type AuthConfig = z.output<typeof auth>;
