/** Which events an operator means, from what was typed. */
import type { EventFilter, EventLog, EventQuery, Position } from '../events/log.ts';
import { placeInCursor } from '../subscriptions/cursor.ts';
import { type PlaceOptions, vendorsOf, wrongOption } from './events-place.ts';

export interface FilterOptions extends Pick<PlaceOptions, 'graph' | 'dataDir'> {
  vendor?: string;
  type?: string[];
}

export interface QuestionOptions extends FilterOptions {
  id?: string[];
  /** Cursors, or ids of events. */
  after?: string;
  until?: string;
  from?: Date;
  to?: Date;
}

/** Without `--vendor`: of all vendors of the graph, for a filter of none matches nothing. */
export function filterOf(options: FilterOptions): EventFilter {
  return vendorsOf(options, options.vendor).map((vendor) => ({ vendor, types: options.type }));
}

/** Throws ConfigError when nothing narrows it: a whole log is never meant. */
export async function questionOf(log: EventLog, options: QuestionOptions): Promise<EventQuery> {
  const { id, after, until, from, to, vendor, type } = options;
  if ([id, after, until, from, to, vendor, type].every((given) => given === undefined)) {
    throw wrongOption(
      'replay',
      'Found nothing that says which events. Give --id, --vendor, --type, --from, --to, --after or --until.',
    );
  }
  return {
    filter: filterOf(options),
    ids: id,
    after: after === undefined ? undefined : await positionOf(log, options, '--after', after),
    upTo: until === undefined ? undefined : await positionOf(log, options, '--until', until),
    from: from?.getTime(),
    to: to?.getTime(),
  };
}

async function positionOf(log: EventLog, { graph }: FilterOptions, option: string, text: string): Promise<Position> {
  const [event] = await log.find({ filter: filterOf({ graph }), ids: [text] }, 1);
  if (event !== undefined) return event.position;
  const place = placeInCursor(text);
  if (place?.position.length !== log.positionLength)
    throw wrongOption(option, `Found "${text}", expected a cursor or the id of an event in ${log.name}.`);
  const end = await log.endOf(place.epoch);
  if (end !== undefined && place.position <= end) return place.position;
  throw wrongOption(option, `Found a cursor of another log, or of before a restore, expected one of ${log.name}.`);
}

export function parseTime(text: string, option: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw wrongOption(option, `Found "${text}", expected a time such as 2026-01-31 or 2026-01-31T09:00:00Z.`);
}

export function parseCount(text: string, option: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw wrongOption(option, `Found "${text}", expected a whole number up to 999999.`);
}
