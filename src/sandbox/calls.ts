/** Counts the calls each vendor received since the last reset. A call counts as soon as it arrives, whatever becomes of it. */
import type { VendorName } from './vendor-name.ts';

const LOG_SIZE = 1_000;

export interface Call {
  vendor: VendorName;
  operation: string;
  method: string;
  path: string;
  /** As sent, without the question mark. */
  query: string;
  /** 0 while no answer has been sent, and for good when none ever is. */
  status: number;
  at: string;
}

export interface CallReport {
  total: number;
  byVendor: Partial<Record<VendorName, { total: number; operations: Record<string, number> }>>;
  /** The last 1,000 calls, oldest first. */
  log: Call[];
}

export interface Calls {
  /** The answer's status is to be set on the record that is returned. */
  begin(call: Omit<Call, 'status'>): Call;
  report(): CallReport;
  clear(): void;
}

export function createCalls(): Calls {
  const counts = new Map<VendorName, Map<string, number>>();
  let log: Call[] = [];
  return {
    begin(call) {
      const record: Call = { ...call, status: 0 };
      const operations = counts.get(call.vendor) ?? new Map<string, number>();
      counts.set(call.vendor, operations.set(call.operation, (operations.get(call.operation) ?? 0) + 1));
      log.push(record);
      if (log.length >= 2 * LOG_SIZE) log = log.slice(-LOG_SIZE);
      return record;
    },
    report() {
      const byVendor: CallReport['byVendor'] = {};
      let total = 0;
      for (const [vendor, operations] of counts) {
        const sum = operations.values().reduce((left, right) => left + right, 0);
        byVendor[vendor] = { total: sum, operations: Object.fromEntries(operations) };
        total += sum;
      }
      return { total, byVendor, log: log.slice(-LOG_SIZE) };
    },
    clear() {
      counts.clear();
      log = [];
    },
  };
}
