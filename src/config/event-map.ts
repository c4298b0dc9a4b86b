/**
 * `events:` of vendor.yaml: which types of the graph a vendor's webhooks become. Data only: paths into the payload, names of
 * operations, names of fields. By type without the vendor's prefix: `InvoiceEvent` becomes `StripeInvoiceEvent`. The composer
 * checks what names operations and fields (`compose/event-check.ts`); the gateway reads all of it off the composed schema.
 */
import { z } from 'zod';
import { PII_NAMES } from './pii-category.ts';

/** Digits index arrays, as in vendor.yaml's other paths. */
const payloadPath = z
  .string()
  .regex(/^[\w$-]+(\.[\w$-]+)*$/, 'expected a dotted path into the payload such as data.object.id');

const eventRead = z
  .strictObject({
    operation: z.string().describe('operationId that reads the object, fresh for each event; null when it is gone.'),
    id: payloadPath.describe('Where the payload holds the object’s id.'),
    argument: z
      .string()
      .regex(/^[A-Za-z_]\w*(\.\w+)*$/, 'expected an argument such as id, or a path into one such as filter.ids.0')
      .default('id')
      .describe('Argument of the operation that takes the id; a path leads into inputs, digits into lists.'),
  })
  .describe('A field that holds an object of the vendor.');

const eventValue = z
  .strictObject({
    path: payloadPath.describe('Where the payload holds it.'),
    type: z.enum(['String', 'ID', 'Int', 'Float', 'Boolean', 'DateTime']).default('String'),
    pii: z.enum(PII_NAMES).optional().describe('Masked for callers without pii:read.'),
    description: z.string().optional(),
  })
  .describe('A field taken from the payload itself, for what the vendor cannot be asked.');

const changedFields = z
  .strictObject({
    keys: payloadPath.optional().describe('An object whose keys are the names, e.g. data.previous_attributes.'),
    list: payloadPath.optional().describe('A list of names.'),
    value: payloadPath.optional().describe('One name.'),
    types: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe('Names that follow from the event’s type alone.'),
  })
  .describe('Where the vendor tells what changed: names only, values are read fresh.');

const eventType = z.strictObject({
  description: z.string().optional(),
  field: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]*Events$/, 'expected a name such as invoiceEvents')
    .describe('The field of Subscription; its name is the graph’s own, without the vendor’s.'),
  types: z
    .array(z.string().regex(/^[^\s*]+\*?$/, 'expected a name of the vendor’s such as invoice.paid, or invoice.*'))
    .min(1)
    .describe('The vendor’s names of these events; a trailing * stands for whatever follows.'),
  reads: z.record(z.string(), eventRead).default({}),
  joins: z
    .record(
      z.string(),
      z.string().regex(/^\w+(\.\w+)+$/, 'expected a field of a field under "reads", such as invoice.account'),
    )
    .default({})
    .describe('Fields of what was read that the event has too: `account: invoice.account`.'),
  values: z.record(z.string(), eventValue).default({}),
  changed: changedFields.optional().describe('Gives the event `changedFields`.'),
});

export const eventMap = z
  .record(z.string(), eventType)
  .describe('By type without the vendor’s prefix, e.g. InvoiceEvent. What no entry covers is an OtherEvent.');

export type EventTypeConfig = z.output<typeof eventType>;
export type ChangedFieldsConfig = z.output<typeof changedFields>;
