/** What a stream wants to see. Streams that want the same have the same key and are looked after together. */
import type { VendorName } from '../config/vendor-name.ts';
import type { EventFilter, FilterClause, LoggedEvent } from '../events/log.ts';

export interface Interest {
  filter: EventFilter;
  /** Equal for equal filters. */
  key: string;
  vendors: readonly VendorName[];
  /** The same answer as the log's own: what comes from memory and what is read must be alike. */
  matches(event: Pick<LoggedEvent, 'vendor' | 'type'>): boolean;
}

export function createInterest(filter: EventFilter): Interest {
  return {
    filter,
    key: JSON.stringify(filter.map(({ vendor, types }) => [vendor, types])),
    vendors: [...new Set(filter.map(({ vendor }) => vendor))],
    matches: (event) => filter.some((clause) => clause.vendor === event.vendor && matchesType(clause, event.type)),
  };
}

function matchesType({ types }: FilterClause, type: string): boolean {
  if (types === undefined) return true;
  return types.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted));
}
