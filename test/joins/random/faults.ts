/** Ways vendors misbehave, and what an answer may look like then. */
import fc from 'fast-check';
import { VENDOR_NAMES } from '../../../src/sandbox/vendor-name.ts';
import type { Answer } from '../../gateway-under-test.ts';
import type { Tolerance } from './differences.ts';

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

const BY_LAST_ID: ReadonlySet<string> = new Set(['stripe', 'resend']);
/** Rows they give at once. */
const VENDOR_PAGE = 100;

/** Keys that count less than the CRM's id, and how much: what is left where the CRM does not say which contact it is. */
const WITHOUT_CRM: ReadonlyMap<unknown, readonly unknown[]> = new Map<unknown, readonly unknown[]>([
  ['external_id', ['email', 'domain_names', 'email (unchecked)', 'domain_names (unchecked)']],
  [1, [0.95, 0.9, 0.5]],
]);

export function tolerated(faults: readonly VendorFault[], errors: Answer['errors']): Tolerance {
  const kinds = new Set(faults.map(({ kind }) => kind));
  const isDropping = kinds.has('drop');
  // These go on behind the last row's id: behind a page that was reversed that is another place.
  const isAstray = faults.some(({ vendor: where, kind }) => kind === 'reorder' && BY_LAST_ID.has(where));
  const isFailing = kinds.has('garbage') || kinds.has('status');
  const paths = errors.map(({ path }) => ['', ...(path ?? [])].join('.'));
  return {
    nulls: isDropping ? 'anything' : isFailing ? paths : 'none',
    mayMiss: () => isDropping,
    mayRepeat: (length) => kinds.has('duplicate') || (isAstray && length > VENDOR_PAGE),
    strangers: isFailing,
    weaker: (actual, right) => (isDropping || isFailing) && (WITHOUT_CRM.get(right)?.includes(actual) ?? false),
  };
}
