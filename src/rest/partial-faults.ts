/** What a batch read could not read, though it answered: kept beside its rows, for who matches them by key. */
import type { VendorConfig } from '../config/vendor.ts';
import type { GatewayError } from '../errors.ts';
import type { VendorAnswer } from '../vendors/call-scope.ts';
import { isObject, parseJsonPath, readJsonPath } from './json-path.ts';
import type { RestOperation } from './operation.ts';
import { badResponse, entryFault } from './vendor-fault.ts';

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
  const entries = partial && isObject(value) ? readJsonPath(content, parseJsonPath(partial.at ?? '')) : undefined;
  if (!partial || !isObject(value) || !Array.isArray(entries) || entries.length === 0) return;
  const faults = entries.flatMap((entry: unknown): PartialFault[] => {
    const error = faultOf(entry, operation, vendor, answer);
    if (error === undefined || error.code === 'NOT_FOUND') return [];
    return [{ keys: partial.keys.flatMap((path) => textsAt(entry, path)), error }];
  });
  if (faults.length > 0) FAULTS.set(value, faults);
}

/** Undefined for an entry that its own status calls good. */
function faultOf(
  entry: unknown,
  operation: RestOperation,
  vendor: VendorConfig,
  answer: VendorAnswer,
): GatewayError | undefined {
  const where = vendor.errors.partial?.status;
  if (where === undefined) return entryFault(operation, vendor, answer, entry);
  const status = readJsonPath(entry, parseJsonPath(where));
  if (typeof status !== 'number') return badResponse(operation, vendor, 'an entry that has no status');
  const isGood = status >= 200 && status < 300;
  return isGood ? undefined : entryFault(operation, vendor, { ...answer, status }, entry);
}

function textsAt(entry: unknown, path: string): string[] {
  return [readJsonPath(entry, parseJsonPath(path)) ?? []].flat().map(String);
}
