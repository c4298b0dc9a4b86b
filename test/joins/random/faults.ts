/** Ways vendors misbehave, and what an answer may look like then. */
import fc from 'fast-check';
import { VENDOR_NAMES } from '../../../src/sandbox/vendor-name.ts';
import type { Answer } from '../../gateway-under-test.ts';
import type { Tolerance } from './differences.ts';
import type { FieldVendors } from './field-vendors.ts';

export interface VendorFault {
  vendor: string;
  kind: string;
  value?: number;
  /** Absent: for the whole query. */
  times?: number;
}

const vendor = fc.constantFrom(...VENDOR_NAMES);
const times = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });

const faultOf = (kind: fc.Arbitrary<Omit<VendorFault, 'vendor' | 'times'>>): fc.Arbitrary<VendorFault[]> =>
  fc.uniqueArray(
    fc.tuple(kind, vendor, times).map(([what, where, often]) => ({
      ...what,
      vendor: where,
      ...(often === undefined ? {} : { times: often }),
    })),
    { minLength: 1, maxLength: 4, selector: (fault) => fault.vendor },
  );

/** Rows in another order, or twice: nothing is lost. */
export const SHUFFLED = faultOf(fc.constantFrom({ kind: 'reorder' }, { kind: 'duplicate' }));

/** Rows that are missing, and vendors that fail, from the first call on or for a few calls. */
export const LOSSY = faultOf(
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom({ kind: 'drop' }, { kind: 'reorder' }, { kind: 'duplicate' }) },
    fc.constantFrom({ kind: 'garbage' }, { kind: 'status', value: 403 }, { kind: 'status', value: 500 }),
  ),
);

/** Keys that count less than the CRM's id, and how much: what is left where the CRM does not say which contact it is. */
const WITHOUT_CRM: ReadonlyMap<unknown, readonly unknown[]> = new Map<unknown, readonly unknown[]>([
  ['external_id', ['email', 'domain_names', 'email (unchecked)', 'domain_names (unchecked)']],
  [1, [0.95, 0.9, 0.5]],
]);

export function tolerated(faults: readonly VendorFault[], errors: Answer['errors'], vendorOf: FieldVendors): Tolerance {
  const dropping = new Set(faults.flatMap(({ vendor: where, kind }) => (kind === 'drop' ? [where] : [])));
  const isFailing = faults.some(({ kind }) => kind === 'garbage' || kind === 'status');
  const isWithoutCrm = isFailing || dropping.has('hubspot');
  return {
    nulls: errors.map(({ path }) => ['', ...(path ?? [])].join('.')),
    mayMiss(path) {
      const vendor = vendorOf(path);
      return vendor === null ? dropping.size > 0 : dropping.has(vendor);
    },
    strangers: isFailing,
    weaker: (actual, right) => isWithoutCrm && (WITHOUT_CRM.get(right)?.includes(actual) ?? false),
  };
}
