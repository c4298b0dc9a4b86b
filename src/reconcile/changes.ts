/** What a vendor's list says has changed. */

import { GatewayError } from '../errors.ts';
import type { RestExecutor } from '../rest/executor.ts';
import { isObject, type JsonPath, readJsonPath } from '../rest/json-path.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import type { ReconcilePlan } from './plan.ts';

export interface Change {
  /** As the vendor writes it, a number as text. */
  id: string;
  type: string;
  /** Epoch milliseconds, by the vendor's clock. */
  time: number;
  /** The id as it stands in the row. */
  rawId: string | number;
}

export interface ListedChanges {
  /** Oldest first. */
  changes: Change[];
  /** Rows, of all kinds. */
  listed: number;
  /** Undefined: all was read. Otherwise the time of the last row that was. */
  readTo: number | undefined;
}

const PAGE_ROWS = 1_000;
const MOST_PAGES = 10;

/** Rows of which no rule tells anything, or that say no time, are left out. */
export async function listChanges(
  rest: RestExecutor,
  plan: ReconcilePlan,
  since: number,
  scope: CallScope,
): Promise<ListedChanges> {
  const args = { ...plan.arguments, [plan.since]: new Date(since).toISOString() };
  const { rows, isWhole } = await (plan.isPaged ? pagedRows : allRows)(rest, plan, args, scope);
  const changes = rows.flatMap((row) => changeOf(plan, row) ?? []);
  return {
    changes: changes.toSorted((a, b) => a.time - b.time),
    listed: rows.length,
    readTo: isWhole ? undefined : timeOf(rows.at(-1), plan.time),
  };
}

interface Rows {
  rows: unknown[];
  isWhole: boolean;
}

type Arguments = Readonly<Record<string, unknown>>;

async function allRows(rest: RestExecutor, plan: ReconcilePlan, args: Arguments, scope: CallScope): Promise<Rows> {
  const found = readJsonPath(await rest.call(plan.operation, args, scope), plan.rows);
  // Or a wrong path would look like a quiet vendor for ever.
  if (!isObject(found)) throw noRows(plan);
  return { rows: Object.values(found), isWhole: true };
}

async function pagedRows(rest: RestExecutor, plan: ReconcilePlan, args: Arguments, scope: CallScope): Promise<Rows> {
  const rows: unknown[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read = await rest.page(plan.operation, args, { first: PAGE_ROWS, after }, scope);
    rows.push(...read.rows.map(({ node }) => node));
    if (!read.hasNextPage) return { rows, isWhole: true };
    after = read.endCursor;
  }
  return { rows, isWhole: false };
}

function changeOf({ rules, id: idPath }: ReconcilePlan, row: unknown): Change | undefined {
  const rule = rules.find(({ when }) => when.every(({ path, value }) => holds(row, path, value)));
  const rawId = readJsonPath(row, idPath);
  if (rule?.type === undefined || (typeof rawId !== 'string' && typeof rawId !== 'number')) return undefined;
  const time = timeOf(row, rule.time);
  return time === undefined ? undefined : { id: String(rawId), type: rule.type, time, rawId };
}

function timeOf(row: unknown, path: JsonPath): number | undefined {
  const told = readJsonPath(row, path);
  const time = typeof told === 'string' ? Date.parse(told) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function noRows({ vendor, operation }: ReconcilePlan): GatewayError {
  const message = `The answer of ${operation} holds no rows where vendor.yaml says.`;
  return new GatewayError('VENDOR_BAD_RESPONSE', message, { vendor, operation, retryable: false });
}

function holds(row: unknown, path: JsonPath, value: string): boolean {
  const found = readJsonPath(row, path) ?? null;
  return value === '*' ? found !== null : String(found) === value;
}
