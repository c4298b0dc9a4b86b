/** Time off and who is out. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import type { World, WorldTimeOff } from '../../src/sandbox/world.ts';
import { answer, refuse } from './sandbox-answers.ts';
import { addDays, daysBetween, isDay } from './sandbox-day.ts';
import type { Staff } from './sandbox-staff.ts';

/** The user who decides on requests. */
const APPROVER_USER_ID = 2301;

const TYPES: Record<WorldTimeOff['type'], { id: number; icon: string }> = {
  Vacation: { id: 78, icon: 'palm-trees' },
  Sick: { id: 79, icon: 'medical' },
  'Parental leave': { id: 92, icon: 'baby-carriage' },
};

const HOLIDAYS = [
  { id: 1, name: 'New Year’s Day', day: '01-01' },
  { id: 2, name: 'Labour Day', day: '05-01' },
  { id: 3, name: 'Christmas Day', day: '12-25' },
  { id: 4, name: 'Boxing Day', day: '12-26' },
] as const;

export function createTimeOffRoutes(staff: Staff, { world, now }: EmulatorKit): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/time_off/requests',
      operation: 'timeOffRequests',
      handle: (request) => listRequests(staff, world, request),
    },
    {
      method: 'GET',
      path: '/api/v1/time_off/whos_out',
      operation: 'whosOut',
      handle: (request) => listWhosOut(staff, world, now(), request),
    },
  ];
}

function listRequests(staff: Staff, world: World, request: EmulatorRequest): EmulatorResponse {
  const { query } = request;
  const start = query.get('start') ?? '';
  const end = query.get('end') ?? '';
  if (!isDay(start) || !isDay(end)) return refuse(400, 'Start and end must be dates in the form YYYY-MM-DD');
  const action = query.get('action') ?? 'view';
  if (!['view', 'approve', 'myRequests'].includes(action)) return refuse(400, `Unknown action: ${action}`);
  const owner = staff.keyOwner()?.id;
  const rows = world.timeOff.filter(
    (entry) =>
      staff.find(entry.employeeId) !== undefined &&
      overlaps(entry, start, end) &&
      isAmong(query.get('id'), entry.id) &&
      isAmong(query.get('employeeId'), entry.employeeId) &&
      isAmong(query.get('status'), entry.status) &&
      isAmong(query.get('type'), String(TYPES[entry.type].id)) &&
      (action !== 'approve' || entry.status === 'requested') &&
      (action !== 'myRequests' || entry.employeeId === owner),
  );
  const withNotes = !query.get('excludeNote');
  return answer(
    request,
    'requests',
    rows.map((entry) => writeRequest(staff, entry, withNotes)),
  );
}

function isAmong(list: string | null, value: string): boolean {
  return list === null || list === '' || list.split(',').some((item) => item.trim() === value);
}

function overlaps(entry: { start: string; end: string }, start: string, end: string): boolean {
  return entry.start <= end && entry.end >= start;
}

function writeRequest(staff: Staff, entry: WorldTimeOff, withNotes: boolean) {
  const isOpen = entry.status === 'requested';
  const created = entry.createdAt.slice(0, 10);
  return {
    id: Number(entry.id),
    employeeId: Number(entry.employeeId),
    name: nameOf(staff, entry.employeeId),
    status: { lastChanged: created, lastChangedByUserId: APPROVER_USER_ID, status: entry.status },
    start: entry.start,
    end: entry.end,
    created,
    type: { id: TYPES[entry.type].id, name: entry.type, icon: TYPES[entry.type].icon },
    amount: { unit: 'days', amount: entry.amount },
    actions: { view: true, edit: isOpen, cancel: isOpen, approve: isOpen, deny: isOpen, bypass: isOpen },
    dates: spread(entry),
    ...(withNotes && { notes: entry.note === null ? {} : { employee: entry.note } }),
  };
}

/** The amount by day. */
function spread({ start, end, amount }: WorldTimeOff): Record<string, number> {
  const days = daysBetween(start, end);
  const entries = Array.from({ length: days }, (_, index) => [addDays(start, index), amount / days] as const);
  return Object.fromEntries(entries);
}

function listWhosOut(staff: Staff, world: World, now: number, request: EmulatorRequest): EmulatorResponse {
  const start = request.query.get('start') ?? new Date(now).toISOString().slice(0, 10);
  if (!isDay(start)) return refuse(400, 'Start must be a date in the form YYYY-MM-DD');
  const end = request.query.get('end') ?? addDays(start, 14);
  if (!isDay(end)) return refuse(400, 'End must be a date in the form YYYY-MM-DD');
  const away = world.timeOff.filter(
    (entry) => entry.status === 'approved' && staff.find(entry.employeeId) !== undefined && overlaps(entry, start, end),
  );
  const rows = [
    ...away.map((entry) => ({
      id: Number(entry.id),
      type: 'timeOff',
      employeeId: Number(entry.employeeId),
      name: nameOf(staff, entry.employeeId),
      start: entry.start,
      end: entry.end,
    })),
    ...holidaysBetween(start, end),
  ];
  return answer(
    request,
    'calendar',
    rows.toSorted((left, right) => left.start.localeCompare(right.start)),
  );
}

function holidaysBetween(start: string, end: string) {
  const firstYear = Number(start.slice(0, 4));
  const years = Array.from(
    { length: Math.min(10, Number(end.slice(0, 4)) - firstYear + 1) },
    (_, index) => firstYear + index,
  );
  return years
    .flatMap((year) =>
      HOLIDAYS.map(({ id, name, day }) => ({
        id,
        type: 'holiday',
        name,
        start: `${year}-${day}`,
        end: `${year}-${day}`,
      })),
    )
    .filter((holiday) => overlaps(holiday, start, end));
}

function nameOf(staff: Staff, employeeId: string): string {
  const values = staff.find(employeeId)?.values;
  return `${values?.firstName ?? ''} ${values?.lastName ?? ''}`.trim();
}
