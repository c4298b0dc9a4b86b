/** Employees one by one: read, add, change, and what changed. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { answer, refuse } from './sandbox-answers.ts';
import { isDay } from './sandbox-day.ts';
import { listEmployees } from './sandbox-employee-list.ts';
import { describeFields, FIELDS, isVisible } from './sandbox-fields.ts';
import { type Employee, STORED_FIELDS, type Staff, type StoredField } from './sandbox-staff.ts';

const MOST_FIELDS = 400;
const CHANGE_TYPES: readonly string[] = ['inserted', 'updated', 'deleted', 'all'];
/** What a write may call a stored field besides its own name. */
const WRITE_ALIASES: Record<string, StoredField> = {
  dateOfBirth: 'birthDate',
  jobTitleName: 'jobTitle',
  reportsToId: 'supervisorId',
};

export function createEmployeeRoutes(staff: Staff, kit: EmulatorKit): Route[] {
  const path = '/api/v1/employees';
  return [
    { method: 'GET', path, operation: 'employees', handle: (request) => listEmployees(staff, request) },
    { method: 'POST', path, operation: 'createEmployee', handle: (request) => create(staff, kit, request) },
    {
      method: 'GET',
      path: `${path}/changed`,
      operation: 'employeesChanged',
      handle: (request) => listChanges(staff, request),
    },
    { method: 'GET', path: `${path}/:id`, operation: 'employee', handle: (request) => read(staff, request) },
    {
      method: 'POST',
      path: `${path}/:id`,
      operation: 'updateEmployee',
      handle: (request) => update(staff, kit, request),
    },
    {
      method: 'GET',
      path: '/api/v1/meta/fields',
      operation: 'employeeFields',
      handle: (request) => answer(request, 'fields', describeFields()),
    },
  ];
}

function find(staff: Staff, { params }: EmulatorRequest): Employee | undefined {
  return params['id'] === '0' ? staff.keyOwner() : staff.find(params['id'] ?? '');
}

/** Unknown fields and those the key may not see are simply not in the answer. */
function read(staff: Staff, request: EmulatorRequest): EmulatorResponse {
  const employee = find(staff, request);
  if (employee === undefined) return refuse(404, 'Employee not found');
  const names = (request.query.get('fields') ?? 'firstName,lastName').split(',').map((name) => name.trim());
  if (names.length > MOST_FIELDS) return refuse(400, `Too many fields requested: at most ${MOST_FIELDS}`);
  const entries = names.flatMap((name) => {
    const field = FIELDS.get(name);
    return field === undefined || !isVisible(employee, name) ? [] : [[name, field.read(employee, staff)] as const];
  });
  return answer(request, 'employee', { id: employee.id, ...Object.fromEntries(entries) });
}

type Values = Partial<Record<StoredField, string | null>>;

function create(staff: Staff, kit: EmulatorKit, { body }: EmulatorRequest): EmulatorResponse {
  const values = readValues(body);
  if (values === undefined) return refuse(400, 'Malformed JSON');
  if (!values.firstName || !values.lastName) return refuse(400, 'First name and last name are required');
  const invalid = findInvalid(staff, undefined, values);
  if (invalid !== undefined) return refuse(409, invalid);
  const employee = staff.add(values);
  kit.recordWrite({ operation: 'createEmployee', id: employee.id, data: values });
  return { status: 201, headers: { location: `https://northwindlabs.bamboohr.com/api/v1/employees/${employee.id}` } };
}

function update(staff: Staff, kit: EmulatorKit, request: EmulatorRequest): EmulatorResponse {
  const employee = find(staff, request);
  if (employee === undefined) return refuse(404, 'Employee not found');
  const values = readValues(request.body);
  if (values === undefined) return refuse(400, 'Malformed JSON');
  const invalid = findInvalid(staff, employee, values);
  if (invalid !== undefined) return refuse(409, invalid);
  staff.update(employee, values);
  kit.recordWrite({ operation: 'updateEmployee', id: employee.id, data: values });
  return { status: 200 };
}

/** Fields nobody knows are ignored; undefined when the body is no object. */
function readValues(body: unknown): Values | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const values: Values = {};
  for (const [name, value] of Object.entries(body)) {
    const field = STORED_FIELDS.find((candidate) => candidate === (WRITE_ALIASES[name] ?? name));
    if (field !== undefined) values[field] = value === null || value === '' ? null : String(value);
  }
  return values;
}

function findInvalid(staff: Staff, employee: Employee | undefined, values: Values): string | undefined {
  const { workEmail, hireDate, birthDate } = values;
  if (workEmail && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(workEmail)) return 'Work email is not a valid address';
  const isTaken = staff.employees.some(
    (other) => other !== employee && other.values.workEmail?.toLowerCase() === workEmail?.toLowerCase(),
  );
  if (workEmail && isTaken) return 'Work email is already in use';
  return [hireDate, birthDate].every((day) => !day || isDay(day)) ? undefined : 'Dates must be YYYY-MM-DD';
}

function listChanges(staff: Staff, request: EmulatorRequest): EmulatorResponse {
  const since = Date.parse(request.query.get('since') ?? '');
  if (Number.isNaN(since)) return refuse(400, 'The since parameter must be an ISO 8601 date');
  const type = request.query.get('type') ?? 'all';
  if (!CHANGE_TYPES.includes(type)) return refuse(400, `Unknown type: ${type}`);
  const changes = staff
    .changes()
    .filter(({ at, action }) => at > since && (type === 'all' || action.toLowerCase() === type));
  const latest = Math.max(since, ...changes.map(({ at }) => at));
  const employees = changes.map(({ id, action, at }) => [id, { id, action, lastChanged: writeInstant(at) }] as const);
  return answer(request, 'employees', { latest: writeInstant(latest), employees: Object.fromEntries(employees) });
}

/** BambooHR writes seconds and an offset. */
function writeInstant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}
