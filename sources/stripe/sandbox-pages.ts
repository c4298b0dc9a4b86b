/** Pages of lists, whose cursor is an object's id, and of searches, whose cursor is a token. */
import { createHash } from 'node:crypto';
import type { Form } from '../../src/sandbox/form.ts';
import { invalid, missing } from './sandbox-faults.ts';
import type { Test } from './sandbox-filters.ts';
import type { StripeObject } from './sandbox-objects.ts';
import { readInteger, readText } from './sandbox-parameters.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export interface Page {
  data: StripeObject[];
  has_more: boolean;
}

/** Rows newest first. A cursor need not pass the filters, but must exist. */
export function listPage(form: Form, noun: string, rows: readonly StripeObject[], test: Test): Page {
  const limit = readLimit(form);
  const after = readText(form['starting_after'], 'starting_after');
  const before = readText(form['ending_before'], 'ending_before');
  if (after !== undefined && before !== undefined) {
    throw invalid('You may only specify one of these parameters: ending_before, starting_after.', 'starting_after');
  }
  if (before !== undefined) {
    const position = positionOf(rows, noun, before, 'ending_before');
    const { data, has_more } = take(rows.slice(0, position).reverse(), limit, test);
    return { data: data.reverse(), has_more };
  }
  const start = after === undefined ? 0 : positionOf(rows, noun, after, 'starting_after') + 1;
  return take(rows.slice(start), limit, test);
}

export interface SearchPage extends Page {
  next_page: string | null;
  matches: number;
}

/** The token names the last row shown and the query it belongs to. */
export function searchPage(form: Form, rows: readonly StripeObject[], test: Test): SearchPage {
  const limit = readLimit(form);
  const owner = fingerprint(readText(form['query'], 'query') ?? '');
  const matches = rows.filter(test);
  const token = readText(form['page'], 'page');
  const start = token === undefined ? 0 : matches.findIndex(({ id }) => id === readToken(token, owner)) + 1;
  if (token !== undefined && start === 0) throw invalidToken();
  const data = matches.slice(start, start + limit);
  const more = start + limit < matches.length;
  const last = data.at(-1);
  return {
    data,
    has_more: more,
    next_page: more && last !== undefined ? Buffer.from(`${owner}:${last.id}`).toString('base64url') : null,
    matches: matches.length,
  };
}

function readLimit(form: Form): number {
  const limit = readInteger(form['limit'], 'limit') ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT)
    throw invalid(`This value must be less than or equal to ${MAX_LIMIT} (it currently is '${limit}').`, 'limit');
  if (limit < 1) throw invalid(`This value must be greater than or equal to 1 (it currently is '${limit}').`, 'limit');
  return limit;
}

function positionOf(rows: readonly StripeObject[], noun: string, id: string, param: string): number {
  const position = rows.findIndex((row) => row.id === id);
  if (position === -1) throw missing(noun, id, param, 400);
  return position;
}

function take(rows: readonly StripeObject[], limit: number, test: Test): Page {
  const data: StripeObject[] = [];
  for (const row of rows) {
    if (!test(row)) continue;
    if (data.length === limit) return { data, has_more: true };
    data.push(row);
  }
  return { data, has_more: false };
}

function fingerprint(query: string): string {
  return createHash('sha256').update(query).digest('base64url').slice(0, 12);
}

function readToken(token: string, owner: string): string {
  const [mark, id] = Buffer.from(token, 'base64url').toString().split(':');
  if (mark !== owner || id === undefined) throw invalidToken();
  return id;
}

function invalidToken(): Error {
  return invalid('Invalid page token: it must come from the same query.', 'page');
}
