/** Resend's paging: newest first, `limit` rows before or after the row whose id is given. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { invalid } from './sandbox-errors.ts';
import type { Table } from './sandbox-state.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

export function answerList<Row extends { id: string }>(
  request: EmulatorRequest,
  table: Table<Row>,
  show: (row: Row) => unknown,
  wanted: (row: Row) => boolean = () => true,
): EmulatorResponse {
  const { query } = request;
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    return invalid(`The \`limit\` must be a number between 1 and ${MAX_LIMIT}.`);
  }
  const after = query.get('after');
  const before = query.get('before');
  if (after !== null && before !== null) return invalid('The `after` and `before` parameters cannot be used together.');
  const rows = [...table.values()].reverse().filter(wanted);
  const cursor = after ?? before;
  const at = cursor === null ? -1 : rows.findIndex(({ id }) => id === cursor);
  if (cursor !== null && at === -1)
    return invalid(`The \`${after === null ? 'before' : 'after'}\` cursor does not exist.`);
  const inside = before === null ? rows.slice(at + 1) : rows.slice(0, at);
  const page = before === null ? inside.slice(0, limit) : inside.slice(-limit);
  return { status: 200, json: { object: 'list', has_more: inside.length > page.length, data: page.map(show) } };
}
