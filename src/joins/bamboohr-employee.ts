/** BambooHR employees ↔ people, by work e-mail address. */
import { normaliseEmail } from '../config/email-address.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

export interface EmployeeRow {
  employeeId: string;
  /** Absent: not among the fields that were asked for. */
  workEmail?: string | null;
  preferredName?: string | null;
  firstName?: string | null;
  lastName?: string | null;
}

/** BambooHR cannot filter by address, but takes 2,500 rows a page: the list of own staff serves every key. */
export const bamboohrEmployeeByEmail: KeyedRead<EmployeeRow> = {
  name: 'BambooHR employee by e-mail',
  chunk: Number.POSITIVE_INFINITY,
  of: 'person',
  normalise: normaliseEmail,
  read: async (_emails, { everyRow }) => (await everyRow('bamboohrEmployees', {})) as EmployeeRow[],
  keysOf: (employee) => [employee.workEmail],
};

/** The same list, for rows that came with too few fields. */
const bamboohrEmployeeById: KeyedRead<EmployeeRow> = {
  name: 'BambooHR employee by id',
  chunk: Number.POSITIVE_INFINITY,
  read: bamboohrEmployeeByEmail.read,
  keysOf: (employee) => [employee.employeeId],
};

async function personOf(employee: EmployeeRow, _args: unknown, context: JoinContext): Promise<PersonRow | null> {
  const isTold = employee.workEmail !== undefined;
  const { workEmail } = isTold
    ? employee
    : ((await context.reads.load(bamboohrEmployeeById, employee.employeeId)) ?? employee);
  return personRow(context, workEmail, employeeName(employee));
}

/** What colleagues call the employee, with the family name; null when HR may not show either. */
export function employeeName({ preferredName, firstName, lastName }: EmployeeRow): string | null {
  return [preferredName ?? firstName, lastName].filter(Boolean).join(' ') || null;
}

export const bamboohrEmployeeJoin: Join = {
  Person: {
    employee: ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) =>
      reads.load(bamboohrEmployeeByEmail, email),
  },
  BamboohrEmployee: {
    person: personOf,
  },
};
