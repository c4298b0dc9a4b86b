/** The emulator's state: employees, what changed about them, and the lists their fields choose from. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import type { World, WorldEmployee } from '../../src/sandbox/world.ts';

/** What is stored about an employee; fields-table names that are only other views of it are in sandbox-fields.ts. */
export const STORED_FIELDS = [
  'firstName',
  'lastName',
  'preferredName',
  'middleName',
  'workEmail',
  'homeEmail',
  'workPhone',
  'workPhoneExtension',
  'mobilePhone',
  'homePhone',
  'linkedinUrl',
  'skypeUsername',
  'facebookUrl',
  'instagramUrl',
  'twitterUrl',
  'pinterestUrl',
  'birthDate',
  'hireDate',
  'originalHireDate',
  'terminationDate',
  'jobTitle',
  'department',
  'division',
  'location',
  'employmentStatus',
  'status',
  'supervisorId',
  'address1',
  'city',
  'state',
  'zipcode',
  'country',
] as const;

export type StoredField = (typeof STORED_FIELDS)[number];

export interface Employee {
  id: string;
  values: Record<StoredField, string | null>;
}

export type ChangeAction = 'Inserted' | 'Updated' | 'Deleted';

export interface Change {
  id: string;
  action: ChangeAction;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface Staff {
  /** By ascending id. */
  employees: Employee[];
  find(id: string): Employee | undefined;
  /** The employee behind the API key; id 0 means them. */
  keyOwner(): Employee | undefined;
  add(values: Partial<Record<StoredField, string | null>>): Employee;
  update(employee: Employee, values: Partial<Record<StoredField, string | null>>): void;
  remove(employee: Employee): void;
  /** The last change of each employee, those deleted included. */
  changes(): Change[];
  /** Id of an entry in one of the lists (departments, job titles, …); a new entry gets a new id. */
  optionId(list: string, name: string): string;
}

export function createStaff({ world, now }: EmulatorKit): Staff {
  const employees = world.employees.map((employee) => createEmployee(world, employee));
  const lastChanges = new Map(
    employees.map((employee, index) => [employee.id, firstChange(world, employee.id, index)]),
  );
  const options = new Map<string, string>();
  let nextId = Math.max(0, ...employees.map(({ id }) => Number(id))) + 1;
  const touch = (id: string, action: ChangeAction) => void lastChanges.set(id, { id, action, at: now() });
  const find = (id: string) => employees.find((employee) => employee.id === id);
  return {
    employees,
    find,
    keyOwner: () => employees[0],
    add(values) {
      const employee = { id: String(nextId), values: { ...emptyValues(), status: 'Active', ...values } };
      nextId += 1;
      employees.push(employee);
      touch(employee.id, 'Inserted');
      return employee;
    },
    update(employee, values) {
      Object.assign(employee.values, values);
      touch(employee.id, 'Updated');
    },
    remove(employee) {
      employees.splice(employees.indexOf(employee), 1);
      touch(employee.id, 'Deleted');
    },
    changes: () => [...lastChanges.values()],
    optionId(list, name) {
      const key = `${list} ${name}`;
      const id = options.get(key) ?? String(18_000 + options.size);
      options.set(key, id);
      return id;
    },
  };
}

/** Every fifth was never touched since they joined. */
function firstChange(world: World, id: string, index: number): Change {
  const person = world.people[world.employees[index]?.personIndex ?? -1];
  const isNew = index % 5 === 0;
  const at = Date.parse((isNew ? person?.createdAt : person?.updatedAt) ?? world.now);
  return { id, action: isNew ? 'Inserted' : 'Updated', at };
}

function emptyValues(): Record<StoredField, string | null> {
  const entries = STORED_FIELDS.map((field) => [field, null] as const);
  return Object.fromEntries(entries) as Record<StoredField, null>; // every field is in the list
}

function createEmployee(world: World, row: WorldEmployee): Employee {
  const person = world.people[row.personIndex];
  if (person === undefined) throw new RangeError(`Employee ${row.id} is nobody of the world.`);
  const isContractor = row.department === 'Contractors';
  return {
    id: row.id,
    values: {
      ...emptyValues(),
      firstName: person.firstName,
      lastName: person.lastName,
      workEmail: person.spelling.bamboohr ?? person.email,
      homeEmail: row.mobilePhone === null ? null : `${person.firstName}.${person.lastName}@gmail.com`.toLowerCase(),
      workPhone: person.phone,
      mobilePhone: row.mobilePhone,
      linkedinUrl: isContractor
        ? null
        : `https://www.linkedin.com/in/${person.firstName}-${person.lastName}`.toLowerCase(),
      birthDate: row.dateOfBirth,
      hireDate: row.hireDate,
      originalHireDate: row.hireDate,
      terminationDate: row.status === 'Inactive' ? world.now.slice(0, 10) : null,
      jobTitle: person.jobTitle,
      department: row.department,
      division: row.division,
      location: row.location,
      employmentStatus: isContractor ? 'Contractor' : 'Full-Time',
      status: row.status,
      supervisorId: row.supervisorId,
      city: person.city,
      country: person.country,
    },
  };
}
