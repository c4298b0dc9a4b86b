/** Search in the sandbox: `sql` over all records of one kind, page by page with a scroll token. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import type { Answers, CreditsType } from './sandbox-answers.ts';
import { includeFields, titlecase } from './sandbox-shape.ts';
import { parseSql, SqlError } from './sandbox-sql.ts';

export interface SearchOptions {
  table: 'person' | 'company';
  records: readonly Readonly<Record<string, unknown>>[];
  credits: CreditsType;
  answers: Answers;
}

/** GET takes its parameters from the query, POST, which the official client uses, from the body. No row at all is a 404. */
export function searchRecords({ table, records, credits, answers }: SearchOptions) {
  return (request: EmulatorRequest): EmulatorResponse => {
    const params = paramsOf(request);
    const size = Number(params['size'] ?? 1);
    const from = readToken(params['scroll_token']);
    if (!Number.isInteger(size) || size < 1 || size > 100)
      return answers.error(request, 400, 'size must be between 1 and 100');
    if (from === undefined) return answers.error(request, 400, 'scroll_token is not valid');
    let rows: typeof records;
    try {
      rows = records.filter(parseSql(String(params['sql'] ?? ''), table));
    } catch (error) {
      if (error instanceof SqlError) return answers.error(request, 400, error.message);
      throw error;
    }
    const page = rows.slice(from, from + size);
    if (page.length === 0) return answers.error(request, 404);
    const include = params['data_include'];
    const shaped = page.map((row) => includeFields(row, typeof include === 'string' ? include : undefined));
    const data = String(params['titlecase']) === 'true' ? shaped.map((row) => titlecase(row)) : shaped;
    const next = from + size < rows.length ? { scroll_token: writeToken(from + size) } : {};
    return answers.found(
      request,
      { status: 200, data, ...next, total: rows.length },
      { type: credits, spent: page.length },
    );
  };
}

function paramsOf({ method, query, body }: EmulatorRequest): Record<string, unknown> {
  if (method === 'GET') return Object.fromEntries(query);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

/** Opaque to callers, with the offset inside. */
function writeToken(offset: number): string {
  return Buffer.from(`1$${offset}`).toString('base64url');
}

function readToken(token: unknown): number | undefined {
  if (token === undefined || token === null || token === '') return 0;
  const [, offset] = /^1\$(\d+)$/.exec(Buffer.from(String(token), 'base64url').toString()) ?? [];
  return offset === undefined ? undefined : Number(offset);
}
