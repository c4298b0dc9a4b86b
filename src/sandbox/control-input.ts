/** Reads what the control port is sent. Whatever is wrong becomes a BadInput whose message says what was expected. */

import type { Emulator } from './emulator.ts';
import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';
import type { Kernel, RunningEmulator } from './kernel.ts';
import { VENDOR_NAMES, type VendorName } from './vendor-name.ts';
import type { EmitOrder } from './webhook-sender.ts';

/** Answered with 400. */
export class BadInput extends Error {}

const MAX_EMITS = 10_000;

/** Kinds that mean nothing without a value, or with any value. */
const VALUE_RANGES: Partial<Record<FaultKind, { min: number; max: number; unit: string }>> = {
  latency: { min: 0, max: 600_000, unit: 'milliseconds' },
  status: { min: 400, max: 599, unit: 'an HTTP status' },
  entry: { min: 400, max: 599, unit: 'an HTTP status' },
  ratelimit: { min: 0, max: 86_400, unit: 'seconds' },
};

export function readFault(kernel: Kernel, input: unknown): Fault {
  const fields = readObject(input, ['vendor', 'operation', 'kind', 'value', 'times']);
  const { vendor, running } = readVendor(kernel, fields['vendor']);
  const kind = oneOf('kind', fields['kind'], FAULT_KINDS);
  if (kind === 'entry' && running.emulator.failEntry === undefined)
    throw new BadInput(`${vendor} gives the entries of a bulk answer no status of their own.`);
  const operation =
    fields['operation'] === undefined ? undefined : readOperation(running.emulator, fields['operation']);
  const value = readValue(kind, fields['value']);
  const times = fields['times'] === undefined ? undefined : readInteger('times', fields['times'], 1, 1_000_000);
  return {
    vendor,
    kind,
    ...(operation !== undefined && { operation }),
    ...(value !== undefined && { value }),
    ...(times !== undefined && { times }),
  };
}

export function readEmit(kernel: Kernel, input: unknown): EmitOrder {
  const fields = readObject(input, ['vendor', 'type', 'count']);
  const { vendor, running } = readVendor(kernel, fields['vendor']);
  const { eventTypes } = running.emulator;
  if (eventTypes.length === 0) throw new BadInput(`${vendor} sends no webhooks.`);
  const type = oneOf('type', fields['type'], eventTypes);
  const count = fields['count'] === undefined ? 1 : readInteger('count', fields['count'], 1, MAX_EMITS);
  return { vendor, running, type, count };
}

export function readWebhookUrl(input: unknown): string {
  const { url } = readObject(input, ['url']);
  if (typeof url !== 'string' || !/^https?:/.test(url) || !URL.canParse(url)) {
    throw new BadInput('url must be an http(s) URL; webhooks go to <url>/<vendor>.');
  }
  return url;
}

function readObject(input: unknown, known: readonly string[]): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new BadInput('Expected a JSON object.');
  const strange = Object.keys(input).find((name) => !known.includes(name));
  if (strange !== undefined) throw new BadInput(`Unknown field ${strange}; known: ${known.join(', ')}.`);
  return { ...input };
}

function readVendor(kernel: Kernel, input: unknown): { vendor: VendorName; running: RunningEmulator } {
  const vendor = oneOf('vendor', input, VENDOR_NAMES);
  const running = kernel.running(vendor);
  if (running === undefined) throw new BadInput(`${vendor} does not run here; running: ${kernel.vendors.join(', ')}.`);
  return { vendor, running };
}

/** A name with a slip in it would be a fault that never strikes. */
function readOperation({ routes }: Emulator, input: unknown): string {
  const known = [...new Set(routes.map(({ operation }) => operation)), 'unknown'];
  return oneOf('operation', input, known);
}

function readValue(kind: FaultKind, input: unknown): number | undefined {
  if (input === undefined) {
    if (kind === 'latency') throw new BadInput('latency needs a value: milliseconds.');
    return undefined;
  }
  const range = VALUE_RANGES[kind];
  if (range === undefined) throw new BadInput(`${kind} takes no value.`);
  return readInteger(`value (${range.unit})`, input, range.min, range.max);
}

function readInteger(name: string, input: unknown, min: number, max: number): number {
  if (Number.isInteger(input) && Number(input) >= min && Number(input) <= max) return Number(input);
  throw new BadInput(`${name} must be a whole number from ${min} to ${max}.`);
}

function oneOf<T extends string>(name: string, input: unknown, known: readonly T[]): T {
  const found = known.find((item) => item === input);
  if (found === undefined) throw new BadInput(`${name} must be one of: ${known.join(', ')}.`);
  return found;
}
