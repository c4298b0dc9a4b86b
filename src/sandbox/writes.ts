/** The ledger of what was written to each vendor: one record for each effect, so that a double effect is seen. */
import type { VendorName } from './vendor-name.ts';

const LEDGER_SIZE = 10_000;

export interface Write {
  operation: string;
  id: string;
  data: unknown;
  at: string;
}

export interface Writes {
  record(vendor: VendorName, write: Write): void;
  /** `total` counts all writes since the last reset; `byVendor` holds the last 10,000, oldest first. */
  report(): { total: number; byVendor: Partial<Record<VendorName, Write[]>> };
  clear(): void;
}

export function createWrites(): Writes {
  let ledger: { vendor: VendorName; write: Write }[] = [];
  let total = 0;
  return {
    record(vendor, write) {
      total += 1;
      // A copy: the emulator goes on changing its own object.
      ledger.push({ vendor, write: { ...write, data: structuredClone(write.data) } });
      if (ledger.length >= 2 * LEDGER_SIZE) ledger = ledger.slice(-LEDGER_SIZE);
    },
    report() {
      const byVendor: Partial<Record<VendorName, Write[]>> = {};
      for (const { vendor, write } of ledger.slice(-LEDGER_SIZE)) {
        byVendor[vendor] ??= [];
        byVendor[vendor].push(write);
      }
      return { total, byVendor };
    },
    clear() {
      ledger = [];
      total = 0;
    },
  };
}
