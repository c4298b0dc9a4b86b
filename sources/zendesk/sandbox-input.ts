/** Reads request bodies the lenient way Zendesk does: unknown properties are ignored, wrong values are violations. */
import type { EmulatorRequest } from '../../src/sandbox/emulator.ts';
import type { Violation } from './sandbox-errors.ts';
import type { CustomField } from './sandbox-state.ts';

export type Input = Record<string, unknown>;

/** The object under `name`, e.g. `{ticket: {…}}`; an empty one when the body has none. */
export function readBody(request: EmulatorRequest, name: string): Input {
  return asInput(asInput(request.body)?.[name]) ?? {};
}

export function asInput(value: unknown): Input | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** Text that is not blank. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Ids come as numbers or, from some clients, as digits. */
export function asId(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

export function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function asCustomFields(value: unknown): CustomField[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => {
    const field = asInput(item);
    const id = asId(field?.['id']);
    return id === undefined ? [] : [{ id, value: field?.['value'] ?? null }];
  });
}

/** A comma list in the query, as show_many takes it. */
export function readList(request: EmulatorRequest, name: string): string[] | undefined {
  const text = request.query.get(name);
  if (text === null) return undefined;
  return text.split(',').flatMap((item) => item.trim() || []);
}

/** One of a closed set; undefined when absent. A wrong value is a violation. */
export function readMember<Member extends string>(
  input: Input,
  property: string,
  members: readonly Member[],
  violations: Violation[],
): Member | undefined {
  const value = input[property];
  if (value === undefined || value === null) return undefined;
  const member = members.find((one) => one === value);
  if (member === undefined) {
    const description = `${label(property)}: ${String(value)} is not valid, expected one of ${members.join(', ')}`;
    violations.push({ property, description, error: 'InvalidValue' });
  }
  return member;
}

export function blank(property: string): Violation {
  return { property, description: `${label(property)}: cannot be blank`, error: 'BlankValue' };
}

export function invalid(property: string): Violation {
  return { property, description: `${label(property)}: is invalid`, error: 'InvalidValue' };
}

function label(property: string): string {
  const words = property.replace(/_id$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
