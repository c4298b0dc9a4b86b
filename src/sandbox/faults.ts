/** Injected faults: what is set, for which calls, how often. What a fault does to an answer stands in `vendor-handler.ts`. */
import type { VendorName } from './vendor-name.ts';

/**
 * - `latency`: `value` ms later · `status`: the vendor's own answer for HTTP status `value` · `reset`: the socket is cut
 * - `blackhole`: never answered · `ratelimit`: the vendor's own 429, `value` seconds · `garbage`: 200 with a broken body
 * - `entry`: of a bulk answer every second entry, the first one too, is the vendor's own for HTTP status `value`
 * - `reorder`: rows in reverse · `drop`: every second row is missing · `duplicate`: every row comes twice
 */
export const FAULT_KINDS = [
  'latency',
  'status',
  'reset',
  'blackhole',
  'ratelimit',
  'garbage',
  'entry',
  'reorder',
  'drop',
  'duplicate',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  vendor: VendorName;
  /** Absent: every operation. */
  operation?: string;
  kind: FaultKind;
  value?: number;
  /** How often it still strikes. Absent: until it is deleted. */
  times?: number;
}

export interface Faults {
  add(fault: Fault): void;
  /** The faults that strike this call, in the order they were set; each use counts. */
  take(vendor: VendorName, operation: string): Fault[];
  list(): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    add(fault) {
      faults.push({ ...fault });
    },
    take(vendor, operation) {
      const hit = faults.filter(
        (fault) => fault.vendor === vendor && (fault.operation === undefined || fault.operation === operation),
      );
      for (const fault of hit) if (fault.times !== undefined) fault.times -= 1;
      faults = faults.filter((fault) => fault.times === undefined || fault.times > 0);
      return hit;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear() {
      faults = [];
    },
  };
}
