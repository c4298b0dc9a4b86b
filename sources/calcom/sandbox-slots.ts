/** Free slots in the sandbox: hosts work from 9 to 17 UTC, Monday to Friday, and are free where no booking stands. */
import { Refusal } from './sandbox-answers.ts';
import { findBooking, findEventType } from './sandbox-bookings.ts';
import { instantMs, integer, requiredText, timeZoneOf } from './sandbox-input.ts';
import type { EventType, State } from './sandbox-state.ts';

const DAY_MS = 86_400_000;
const OPENS_MS = 9 * 3_600_000;
const CLOSES_MS = 17 * 3_600_000;
const MAX_DAYS = 366;

interface Slot {
  start: string;
  end?: string;
}

export function listSlots(state: State, query: URLSearchParams): Record<string, Slot[]> {
  const fields = Object.fromEntries(query);
  const [start, end] = [requiredText(fields, 'start'), requiredText(fields, 'end')];
  const startMs = instantMs(start, 'start');
  const endMs = instantMs(end, 'end') + (end.includes('T') ? 0 : DAY_MS - 1);
  if (endMs < startMs)
    throw new Refusal(400, 'Invalid time range given - check the "start" and "end" query parameters.');
  if (endMs - startMs > MAX_DAYS * DAY_MS) throw new Refusal(400, 'The time range is too long.');
  const eventType = findEventType(state, fields);
  const minutes = query.has('duration')
    ? integer(query.get('duration'), 'duration', 1, 1440)
    : eventType.lengthInMinutes;
  const timeZone = timeZoneOf(query.get('timeZone') ?? 'UTC', 'timeZone');
  const moved = query.get('bookingUidToReschedule') ?? undefined;
  if (moved !== undefined) findBooking(state, moved);

  const days: Record<string, Slot[]> = {};
  for (const slotMs of freeStarts(state, eventType, {
    startMs,
    endMs,
    minutes,
    ...(moved === undefined ? {} : { moved }),
  })) {
    const local = localTime(slotMs, timeZone);
    const slot: Slot = { start: local };
    if (query.get('format') === 'range') slot.end = localTime(slotMs + minutes * 60_000, timeZone);
    days[local.slice(0, 10)] = [...(days[local.slice(0, 10)] ?? []), slot];
  }
  return days;
}

interface Range {
  startMs: number;
  endMs: number;
  minutes: number;
  /** Booking whose time counts as free. */
  moved?: string;
}

/** Starts in the range at which the whole meeting fits into free working time. */
export function* freeStarts(
  state: State,
  { host }: EventType,
  { startMs, endMs, minutes, moved }: Range,
): Generator<number> {
  const lengthMs = minutes * 60_000;
  for (let dayMs = Math.floor(startMs / DAY_MS) * DAY_MS; dayMs <= endMs; dayMs += DAY_MS) {
    const weekday = new Date(dayMs).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    for (let slotMs = dayMs + OPENS_MS; slotMs + lengthMs <= dayMs + CLOSES_MS; slotMs += lengthMs) {
      if (slotMs < Math.max(startMs, state.presentMs) || slotMs > endMs) continue;
      if (state.isFree(host, slotMs, slotMs + lengthMs, moved)) yield slotMs;
    }
  }
}

/** `2050-09-05T09:00:00.000+02:00`, and with a Z in UTC. */
function localTime(ms: number, timeZone: string): string {
  if (timeZone === 'UTC') return new Date(ms).toISOString();
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') || '+00:00';
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return new Date(ms + offsetMs).toISOString().replace('Z', offset);
}
