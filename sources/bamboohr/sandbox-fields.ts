/** The account's fields: what each is called in the API, and how it is read from what is stored. */
import { type Employee, STORED_FIELDS, type Staff, type StoredField } from './sandbox-staff.ts';

type Read = (employee: Employee, staff: Staff) => string | null;

interface Field {
  id: number;
  name: string;
  type: string;
  deprecated?: true;
  read: Read;
}

const stored =
  (field: StoredField): Read =>
  ({ values }) =>
    values[field];
const option =
  (field: StoredField): Read =>
  ({ values }, staff) => {
    const name = values[field];
    return name === null ? null : staff.optionId(field, name);
  };
const displayName: Read = ({ values: { preferredName, firstName, lastName } }) =>
  [preferredName ?? firstName, lastName].filter((part) => part !== null).join(' ');
const manager =
  (read: Read): Read =>
  ({ values }, staff) => {
    const found = values.supervisorId === null ? undefined : staff.find(values.supervisorId);
    return found === undefined ? null : read(found, staff);
  };
const photo: Read = ({ id }) =>
  Number(id) % 4 === 0 ? null : `https://images4.bamboohr.com/northwindlabs/photos/${id}-1.jpg`;

const ALIASES: Record<string, { name: string; type: string; read: Read }> = {
  employeeNumber: { name: 'Employee #', type: 'employee_number', read: ({ id }) => id },
  displayName: { name: 'Display name', type: 'text', read: displayName },
  photoUrl: { name: 'Photo', type: 'text', read: photo },
  bestEmail: { name: 'Best email', type: 'email', read: ({ values }) => values.workEmail ?? values.homeEmail },
  dateOfBirth: { name: 'Birth Date', type: 'date', read: stored('birthDate') },
  jobTitleName: { name: 'Job Title', type: 'list', read: stored('jobTitle') },
  jobTitleId: { name: 'Job Title ID', type: 'text', read: option('jobTitle') },
  departmentName: { name: 'Department', type: 'list', read: stored('department') },
  departmentId: { name: 'Department ID', type: 'text', read: option('department') },
  divisionName: { name: 'Division', type: 'list', read: stored('division') },
  divisionId: { name: 'Division ID', type: 'text', read: option('division') },
  locationName: { name: 'Location', type: 'list', read: stored('location') },
  locationId: { name: 'Location ID', type: 'text', read: option('location') },
  employmentStatusName: { name: 'Employment Status', type: 'list', read: stored('employmentStatus') },
  employmentStatusId: { name: 'Employment Status ID', type: 'text', read: option('employmentStatus') },
  supervisor: { name: 'Reports to', type: 'employee', read: manager(displayName) },
  reportsToName: { name: 'Reports to', type: 'employee', read: manager(displayName) },
  reportsToId: { name: 'Manager ID', type: 'text', read: stored('supervisorId') },
};

/** By the name a request uses. */
export const FIELDS: ReadonlyMap<string, Field> = new Map(
  [
    ...STORED_FIELDS.map(
      (field) => [field, { name: titleOf(field), type: typeOf(field), read: stored(field) }] as const,
    ),
    ...Object.entries(ALIASES),
  ].map(([alias, field], index) => [alias, { id: index + 1, ...field }]),
);

/** `GET /api/v1/meta/fields`. The account has two fields of its own; one is a part of a table, with a dotted id. */
export function describeFields(): Record<string, unknown>[] {
  const standard = [...FIELDS].map(([alias, { id, name, type }]) => ({ id, name, type, alias }));
  return [
    ...standard,
    { id: 4340, name: 'T-Shirt size', type: 'list', alias: 'customT-Shirtsize' },
    { id: '4340.4', name: 'Pay Schedule', type: 'list' },
    { id: 91, name: 'Pager', type: 'text', alias: 'pager', deprecated: true },
  ];
}

/** Private details of whoever leads the company; our key may not see them. */
const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'birthDate',
  'dateOfBirth',
  'homeEmail',
  'homePhone',
  'mobilePhone',
]);

export function isVisible({ values }: Employee, field: string): boolean {
  return values.supervisorId !== null || !HIDDEN_FIELDS.has(field);
}

function titleOf(field: string): string {
  const words = field.replace(/([A-Z0-9])/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function typeOf(field: StoredField): string {
  if (/email/i.test(field)) return 'email';
  if (/phone$/i.test(field)) return 'phone';
  if (/date$/i.test(field)) return 'date';
  return ['department', 'division', 'location', 'jobTitle', 'employmentStatus'].includes(field) ? 'list' : 'text';
}
