/** What a batch read could not read, though it answered: kept beside its rows, for who matches them by key. */
import type { VendorConfig } from '../config/vendor.ts';
import type { GatewayError } from '../errors.ts';
import type { VendorAnswer } from '../vendors/call-scope.ts';
import { isObject, parseJsonPath, readJsonPath } from './json-path.ts';
import type { RestOperation } from './operation.ts';
import { entryFault } from './vendor-fault.ts';

export interface PartialFault {
  /** Keys it names, as they were asked for; none where it names none. */
  keys: readonly string[];
  error: GatewayError;
}

const FAULTS = new WeakMap<object, readonly PartialFault[]>();

export function partialFaultsOf(value: unknown): readonly PartialFault[] {
  return (isObject(value) ? FAULTS.get(value) : undefined) ?? [];
}

/** `value` is what the root field returns of `content`. What the vendor does not have is no fault. */
export function notePartialFaults(
  value: unknown,
  content: unknown,
  operation: RestOperation,
  vendor: VendorConfig,
  answer: VendorAnswer,
): void {
  const { partial } = vendor.errors;
  const entries = partial && isObject(value) ? readJsonPath(content, parseJsonPath(partial.at)) : undefined;
  if (!partial || !isObject(value) || !Array.isArray(entries) || entries.length === 0) return;
  const faults = entries.flatMap((entry: unknown): PartialFault[] => {
    const error = entryFault(operation, vendor, answer, entry);
    const keys = partial.keys.flatMap((path) => textsAt(entry, path));
    return error.code === 'NOT_FOUND' ? [] : [{ keys, error }];
  });
  if (faults.length > 0) FAULTS.set(value, faults);
}

function textsAt(entry: unknown, path: string): string[] {
  return [readJsonPath(entry, parseJsonPath(path)) ?? []].flat().map(String);
}
