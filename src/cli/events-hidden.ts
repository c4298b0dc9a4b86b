/**
 * A body as an operator may see it without seeing whom it is about: names and kinds of values, and of the values only those
 * that vendor.yaml points at as type, id or time.
 */

import type { VendorConfig } from '../config/vendor.ts';
import { type JsonPath, parseJsonPath } from '../rest/json-path.ts';

/** Paths of what is shown, from the top of an event. */
export function shownPaths({ webhook, events }: Pick<VendorConfig, 'webhook' | 'events'>): JsonPath[] {
  const own = [webhook?.type, webhook?.id, webhook?.time?.path].flat();
  const read = Object.values(events).flatMap(({ reads }) => Object.values(reads).map(({ id }) => id));
  return [...own, ...read].flatMap((path) =>
    path === undefined || path.startsWith('header:') ? [] : [parseJsonPath(path)],
  );
}

/** The same shape; every other value gives way to its kind: `<text, 12>`. */
export function hideValues(value: unknown, shown: readonly JsonPath[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => hideValues(item, below(shown, String(index))));
  if (typeof value !== 'object' || value === null) return isShown(value, shown) ? value : kindOf(value);
  const entries = Object.entries(value).map(([name, member], index) => [
    PLAIN_NAME.test(name) ? name : `<name ${index + 1}>`,
    hideValues(member, below(shown, name)),
  ]);
  return Object.fromEntries(entries);
}

/** Some vendors make names of addresses or numbers. */
const PLAIN_NAME = /^[A-Za-z_$][\w$.-]{0,63}$/;
const LONGEST_SHOWN = 100;

function isShown(value: unknown, shown: readonly JsonPath[]): boolean {
  if (!shown.some(({ length }) => length === 0)) return false;
  // Should an address stand where an id is expected.
  return (
    typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST_SHOWN && !value.includes('@'))
  );
}

function kindOf(value: unknown): unknown {
  if (value === null) return null;
  return typeof value === 'string' ? `<text, ${value.length}>` : `<${typeof value}>`;
}

function below(paths: readonly JsonPath[], name: string): JsonPath[] {
  return paths.flatMap(([first, ...rest]) => (first === name ? [rest] : []));
}
