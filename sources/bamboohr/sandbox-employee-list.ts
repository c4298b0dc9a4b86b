/** `GET /api/v1/employees`: filters, sorting and pages with cursors. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { refuseInBody } from './sandbox-answers.ts';
import { FIELDS, isVisible } from './sandbox-fields.ts';
import type { Employee, Staff } from './sandbox-staff.ts';

const BASIC_FIELDS = ['firstName', 'lastName', 'preferredName', 'photoUrl', 'jobTitleName', 'status'] as const;
const OPTIONAL_FIELDS: ReadonlySet<string> = new Set([
  ...[
    'workEmail',
    'homeEmail',
    'bestEmail',
    'middleName',
    'workPhone',
    'workPhoneExtension',
    'mobilePhone',
    'homePhone',
  ],
  ...[
    'skypeUsername',
    'linkedinUrl',
    'facebookUrl',
    'instagramUrl',
    'twitterUrl',
    'pinterestUrl',
    'birthDate',
    'hireDate',
  ],
  ...['divisionName', 'divisionId', 'departmentName', 'departmentId', 'locationName', 'locationId', 'jobTitleId'],
  ...['employmentStatusName', 'employmentStatusId', 'reportsToName', 'reportsToId'],
]);
const SORTABLE: readonly string[] = ['employeeId', 'firstName', 'lastName', 'preferredName', 'jobTitleName', 'status'];
const FILTERS: readonly string[] = ['firstName', 'lastName', 'jobTitleName'];
const DEFAULT_LIMIT = 250;
const MAX_LIMIT = 2_500;

/** A request this operation cannot take; answered with 400. */
class BadRequest extends Error {
  readonly code: 'BadRequest' | 'BadPage';

  constructor(code: 'BadRequest' | 'BadPage', message: string) {
    super(message);
    this.code = code;
  }
}

export function listEmployees(staff: Staff, { query, path }: EmulatorRequest): EmulatorResponse {
  try {
    const rows = sort(staff, filter(staff, query), query.get('sort'));
    const { page, limit, next, previous } = readPage(rows, query);
    const fields = (query.get('fields') ?? '').split(',').filter((field) => OPTIONAL_FIELDS.has(field));
    const link = (name: string, cursor: string) => ({
      href: `https://api.bamboohr.com${path}?page%5B${name}%5D=${cursor}`,
    });
    return {
      status: 200,
      json: {
        data: page.map((employee) => writeRow(staff, employee, fields)),
        meta: { total: rows.length, page: { limit, nextCursor: next, prevCursor: previous } },
        _links: {
          self: { href: `https://api.bamboohr.com${path}` },
          ...(next !== null && { next: link('after', next) }),
          ...(previous !== null && { prev: link('before', previous) }),
        },
      },
    };
  } catch (error) {
    if (error instanceof BadRequest) return refuseInBody(400, error.code, error.message);
    throw error;
  }
}

function writeRow(staff: Staff, employee: Employee, fields: readonly string[]): Record<string, unknown> {
  const names = [...BASIC_FIELDS, ...fields];
  const restricted = names.filter((name) => !isVisible(employee, name));
  const entries = names.map(
    (name) => [name, restricted.includes(name) ? null : readField(staff, employee, name)] as const,
  );
  return { employeeId: employee.id, ...Object.fromEntries(entries), _restrictedFields: restricted };
}

function readField(staff: Staff, employee: Employee, field: string): string | null {
  return field === 'employeeId' ? employee.id : (FIELDS.get(field)?.read(employee, staff) ?? null);
}

function filter(staff: Staff, query: URLSearchParams): Employee[] {
  const unknown = [...query.keys()].find(
    (name) => /^filter\[/.test(name) && !/^filter\[(firstName|lastName|jobTitleName|status|ids)\]/.test(name),
  );
  if (unknown !== undefined) throw new BadRequest('BadRequest', `Unknown filter: ${unknown}.`);
  const ids = readIds(query);
  const status = query.get('filter[status]');
  if (status !== null && !['active', 'inactive'].includes(status)) {
    throw new BadRequest('BadRequest', 'filter[status] must be active or inactive.');
  }
  return staff.employees.filter(
    (employee) =>
      (ids === undefined || ids.has(employee.id)) &&
      (status === null || readField(staff, employee, 'status')?.toLowerCase() === status) &&
      FILTERS.every((field) => matches(staff, employee, field, query.get(`filter[${field}]`))),
  );
}

/** Somebody whose filtered field the key may not see does not match, so that a filter tells nothing. */
function matches(staff: Staff, employee: Employee, field: string, part: string | null): boolean {
  if (part === null) return true;
  const value = isVisible(employee, field) ? readField(staff, employee, field) : null;
  return value?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

/** `filter[ids][]=1&filter[ids][]=2`, with or without an index, and the older `filter[ids]=1,2`. */
function readIds(query: URLSearchParams): Set<string> | undefined {
  const pairs = [...query].filter(([name]) => /^filter\[ids\](\[\d*\])?$/.test(name));
  if (pairs.length === 0) return undefined;
  const ids = pairs.flatMap(([, value]) => value.split(','));
  const bad = ids.find((id) => !/^\d+$/.test(id));
  if (bad !== undefined) throw new BadRequest('BadRequest', 'filter[ids] must be a list of integers.');
  return new Set(ids);
}

/** Nulls come first, or last in descending order. Without a sort, by id. */
function sort(staff: Staff, employees: Employee[], text: string | null): Employee[] {
  if (text === null || text === '') return employees;
  const keys = text.split(',').map((key) => ({ field: key.replace(/^-/, ''), sign: key.startsWith('-') ? -1 : 1 }));
  const unknown = keys.find(({ field }) => !SORTABLE.includes(field));
  if (unknown !== undefined) throw new BadRequest('BadRequest', `Cannot sort by ${unknown.field}.`);
  const seen = employees.filter((employee) => keys.every(({ field }) => isVisible(employee, field)));
  return seen.toSorted((left, right) => {
    for (const { field, sign } of keys) {
      const order = compare(field, readField(staff, left, field), readField(staff, right, field));
      if (order !== 0) return order * sign;
    }
    return Number(left.id) - Number(right.id);
  });
}

function compare(field: string, left: string | null, right: string | null): number {
  if (field === 'employeeId') return Number(left) - Number(right);
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return left.localeCompare(right);
}

interface Page {
  page: Employee[];
  limit: number;
  next: string | null;
  previous: string | null;
}

function readPage(rows: readonly Employee[], query: URLSearchParams): Page {
  const limit = readLimit(query.get('page[limit]'));
  const after = query.get('page[after]');
  const before = query.get('page[before]');
  if (after !== null && before !== null) throw new BadRequest('BadPage', 'Use either page[after] or page[before].');
  const end = before === null ? undefined : readCursor(rows, before, 'before');
  const start =
    end !== undefined ? Math.max(0, end - limit) : after === null ? 0 : readCursor(rows, after, 'after') + 1;
  const page = rows.slice(start, end ?? start + limit);
  const first = page[0];
  const last = page.at(-1);
  return {
    page,
    limit,
    next: last !== undefined && start + page.length < rows.length ? writeCursor('after', last) : null,
    previous: first !== undefined && start > 0 ? writeCursor('before', first) : null,
  };
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new BadRequest('BadRequest', `page[limit] must be between 1 and ${MAX_LIMIT}.`);
}

function writeCursor(direction: 'after' | 'before', { id }: Employee): string {
  return Buffer.from(JSON.stringify({ cursor: `${direction}-${id}` })).toString('base64url');
}

/** Refuses a cursor of the other direction and one whose employee left the list since. */
function readCursor(rows: readonly Employee[], cursor: string, direction: 'after' | 'before'): number {
  const index = rows.findIndex((row) => writeCursor(direction, row) === cursor);
  if (index === -1) throw new BadRequest('BadPage', `page[${direction}] is not a cursor of this list.`);
  return index;
}
