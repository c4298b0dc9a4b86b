/**
 * `reconcile:` of `vendor.yaml`: for a vendor that retries little, where its API lists what changed lately. What the list tells
 * and no webhook told becomes an event of the log. A list shows the last change of an object only, not those before it.
 */
import { z } from 'zod';

const path = z.string().regex(/^[\w$-]+(\.[\w$-]+)*$/, 'expected a dotted path such as data.id');

const change = z
  .strictObject({
    when: z
      .record(path, z.string())
      .default({})
      .describe('What the row must hold, by path; * stands for anything but null.'),
    type: z.string().min(1).optional().describe('The event’s type, the vendor’s own name. Absent: nothing to tell.'),
    time: path.optional().describe('Where the row says when this happened, if not at `time`.'),
  })
  .describe('What a row tells.');

export const reconcileSchema = z
  .strictObject({
    operation: z.string().describe('operationId that lists what changed; a read.'),
    since: z.string().describe('Its argument that takes a time, ISO 8601; what changed later is listed.'),
    arguments: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('Its other arguments, as the graph takes them. A paged list must come oldest change first.'),
    rows: path
      .optional()
      .describe('Where the answer holds the rows: a list, or an object of them. Paged lists need none.'),
    id: path.describe('Where a row holds the id of what changed.'),
    time: path.describe('Where a row says when, ISO 8601.'),
    object: z
      .array(path)
      .min(1)
      .describe('Where the body of a webhook holds that id; in the first place the events made here have it, too.'),
    changes: z.array(change).min(1).describe('The first that fits a row says what happened; none: nothing to tell.'),
    everySeconds: z.int().min(1).default(300),
    settleSeconds: z
      .int()
      .min(0)
      .default(600)
      .describe('How old a change must be: older than the vendor’s own retries, or both may tell of it.'),
  })
  .refine(({ changes }) => changes.some(({ type }) => type !== undefined), {
    error: 'expected at least one change with a type',
  });

export type ReconcileConfig = z.output<typeof reconcileSchema>;
