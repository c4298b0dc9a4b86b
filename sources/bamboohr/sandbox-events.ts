/** What happens in the company by itself: each event changes the state first and then says so. */
import type { EmulatorKit } from '../../src/sandbox/emulator.ts';
import type { Staff } from './sandbox-staff.ts';

export type EventData = { companyId: string; employeeId?: string; changedFields?: string[] };

const COMPANY_ID = '41287';
const NEW_NAMES = [
  ['Amara', 'Diallo'],
  ['Jonas', 'Keller'],
  ['Priya', 'Raman'],
] as const;
const JOB_TITLES = ['Staff Engineer', 'Account Executive', 'Support Lead', 'Product Manager'] as const;
const LOCATIONS = ['Berlin', 'Austin', 'London', 'Remote'] as const;

/** By event type, in BambooHR's own names. The real one sends an update right after a creation; here that is an event of its own. */
export function createEvents(staff: Staff, { world, random }: EmulatorKit): Record<string, () => EventData> {
  const pick = <T>(list: readonly T[]): T => {
    const item = list[Math.floor(random() * list.length)];
    if (item === undefined) throw new RangeError('Nobody is left in the company.');
    return item;
  };
  return {
    'employee.created'() {
      const [firstName, lastName] = pick(NEW_NAMES);
      const workEmail =
        `${firstName}.${lastName}.${staff.employees.length + 1}@${world.companies[0]?.domain}`.toLowerCase();
      const jobTitle = pick(JOB_TITLES);
      const hireDate = world.now.slice(0, 10);
      const supervisorId = staff.keyOwner()?.id ?? null;
      const { id } = staff.add({
        firstName,
        lastName,
        workEmail,
        jobTitle,
        hireDate,
        supervisorId,
        location: pick(LOCATIONS),
      });
      return { companyId: COMPANY_ID, employeeId: id };
    },
    'employee.updated'() {
      const employee = pick(staff.employees);
      const jobTitle = pick(JOB_TITLES.filter((title) => title !== employee.values.jobTitle));
      const location = pick(LOCATIONS.filter((name) => name !== employee.values.location));
      staff.update(employee, { jobTitle, location });
      return { companyId: COMPANY_ID, employeeId: employee.id, changedFields: ['jobTitle', 'location'] };
    },
    'employee.deleted'() {
      // Whoever joined last among our own people and leads nobody: those the world's story is about stay.
      const leads = new Set(staff.employees.map(({ values }) => values.supervisorId));
      const employee = staff.employees.findLast(
        ({ id, values }) => !leads.has(id) && values.employmentStatus !== 'Contractor',
      );
      if (employee === undefined) throw new RangeError('Nobody is left who could be deleted.');
      staff.remove(employee);
      return { companyId: COMPANY_ID, employeeId: employee.id };
    },
    // The company's own settings are not readable here, so nothing else changes.
    'company.updated': () => ({ companyId: COMPANY_ID }),
  };
}
