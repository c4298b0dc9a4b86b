/** Our own people as the HR system knows them, and Ada, who also works for us by the hour. */
import type { Random } from '../random.ts';
import type { WorldEmployee, WorldTimeOff } from '../world.ts';
import { ago, DAY_MS, day, instant, NOW_MS } from './moments.ts';
import { SHOWCASE_PERSON, STAFF_COUNT } from './people.ts';

const FIRST_EMPLOYEE_ID = 101;
const TIME_OFF_COUNT = 80;

/** How many of the staff work where, in the order of people; the first of each leads it. Owners come first. */
const DEPARTMENTS: readonly { name: string; division: string; size: number }[] = [
  { name: 'Sales', division: 'Revenue', size: 5 },
  { name: 'Customer Success', division: 'Revenue', size: 4 },
  { name: 'Support', division: 'Revenue', size: 3 },
  { name: 'Executive', division: 'Management', size: 2 },
  { name: 'Engineering', division: 'Technology', size: 22 },
  { name: 'Product', division: 'Technology', size: 6 },
  { name: 'Design', division: 'Technology', size: 4 },
  { name: 'Marketing', division: 'Revenue', size: 6 },
  { name: 'Finance', division: 'Operations', size: 4 },
  { name: 'People', division: 'Operations', size: 3 },
];
const LOCATIONS = ['Berlin', 'Austin', 'London', 'Remote'];
/** The first of the executives leads the leads. */
const CHIEF = 12;

export function generateEmployees(random: Random): WorldEmployee[] {
  const posts = DEPARTMENTS.flatMap(({ name, division, size }, department) =>
    Array.from({ length: size }, (_, place) => ({ name, division, lead: place === 0 ? CHIEF : firstOf(department) })),
  );
  const staff = posts.slice(0, STAFF_COUNT).map(({ name, division, lead }, index) => ({
    ...generateEmployee(random, index, index),
    department: name,
    division: random.orNull(division),
    supervisorId: index === CHIEF ? null : employeeId(lead),
  }));
  return [...staff, generateContractor(random)];
}

function generateEmployee(random: Random, index: number, personIndex: number): WorldEmployee {
  return {
    id: employeeId(index),
    personIndex,
    department: '',
    division: null,
    location: random.pick(LOCATIONS),
    supervisorId: null,
    // Owners, leads and the chief are here.
    status: index > CHIEF + 2 && index !== 36 && random.chance(0.08) ? 'Inactive' : 'Active',
    hireDate: day(ago(random, 2_500, 60)),
    mobilePhone: random.orNull(`+1 ${random.int(200, 999)} ${random.int(1_000_000, 9_999_999)}`),
    dateOfBirth: random.orNull(day(NOW_MS - random.int(22 * 365, 60 * 365) * DAY_MS)),
  };
}

function generateContractor(random: Random): WorldEmployee {
  return {
    ...generateEmployee(random, STAFF_COUNT, SHOWCASE_PERSON),
    department: 'Contractors',
    location: 'Remote',
    supervisorId: employeeId(0),
    status: 'Active',
  };
}

function firstOf(department: number): number {
  return DEPARTMENTS.slice(0, department).reduce((sum, { size }) => sum + size, 0);
}

function employeeId(index: number): string {
  return String(FIRST_EMPLOYEE_ID + index);
}

/** Around the world's present, so that there always is somebody out; oldest first. */
export function generateTimeOff(random: Random, employees: readonly WorldEmployee[]): WorldTimeOff[] {
  const offsets = Array.from({ length: TIME_OFF_COUNT }, () => random.int(-60, 60)).toSorted(
    (left, right) => left - right,
  );
  const active = employees.filter(({ status }) => status === 'Active');
  return offsets.map((offset, index) => {
    const type = random.pick(['Vacation', 'Vacation', 'Vacation', 'Sick', 'Sick', 'Parental leave'] as const);
    const amount = { Vacation: random.int(1, 14), Sick: random.int(1, 4), 'Parental leave': random.int(20, 60) }[type];
    const startMs = NOW_MS + offset * DAY_MS;
    const asked = Math.min(startMs, NOW_MS) - random.int(1, 30) * DAY_MS;
    return {
      id: String(1_500 + index),
      employeeId: random.pick(active).id,
      type,
      status: random.pick(['approved', 'approved', 'approved', 'requested', 'denied', 'canceled'] as const),
      start: day(startMs),
      end: day(startMs + (amount - 1) * DAY_MS),
      amount,
      note: random.chance(0.3)
        ? random.pick(['Family visit', 'School holidays', 'Moving house', 'Doctor’s advice'])
        : null,
      createdAt: instant(asked),
    };
  });
}
