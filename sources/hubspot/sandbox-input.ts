/** Reads what clients send: lists in any spelling, page sizes, ids and what they are ids of. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { readObjectType } from './sandbox-associations.ts';
import type { Errors } from './sandbox-errors.ts';
import type { ObjectType } from './sandbox-properties.ts';
import type { CrmObject, CrmState } from './sandbox-state.ts';

/** The one object a request means, or the refusal. */
export function locate(
  type: ObjectType,
  { id, idProperty, archived }: { id: string; idProperty: string | null; archived: boolean },
  { state, errors }: { state: CrmState; errors: Errors },
): CrmObject | EmulatorResponse {
  if (!isIdProperty(type, idProperty)) return errors.invalid(`${idProperty} is not a unique property of ${type}.`);
  if (idProperty !== 'email' && !/^\d+$/.test(id)) return errors.notAnId(id);
  const found = idProperty === 'email' ? state.findByEmail(id) : state.find(type, id);
  return found === undefined || isArchived(found) !== archived ? errors.noSuchObject() : found;
}

export function isIdProperty(type: ObjectType, name: string | null): boolean {
  return name === null || name === 'hs_object_id' || (type === 'contacts' && name === 'email');
}

export function isArchived(object: CrmObject): boolean {
  return object.archivedAt !== null;
}

/** Kinds named by `associations`, or the first name that is no kind. */
export function readKinds(query: URLSearchParams): ObjectType[] | string {
  const kinds: ObjectType[] = [];
  for (const name of commaSeparated(query.getAll('associations'))) {
    const kind = readObjectType(name);
    if (kind === undefined) return name;
    kinds.push(kind);
  }
  return kinds;
}

export function readNames(query: URLSearchParams): string[] {
  return commaSeparated(query.getAll('properties'));
}

export function namesOf(input: unknown): string[] {
  return Array.isArray(input) ? input.map(String) : [];
}

/** Undefined when it is no whole number from 1 to `max`. */
export function readLimit(input: unknown, otherwise: number, max: number): number | undefined {
  if (input === null || input === undefined || input === 0) return otherwise;
  const limit = Number(input);
  return Number.isInteger(limit) && limit >= 1 && limit <= max ? limit : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists come repeated, with commas, or both. */
function commaSeparated(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
