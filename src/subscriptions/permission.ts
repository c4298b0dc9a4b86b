/**
 * What the caller of a stream may see now. Asked again every few seconds while events flow, and when told; a right that ended
 * ends the stream.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { EventFilter } from '../events/log.ts';
import { createInterest, type Interest } from './interest.ts';
import { endError } from './stream-end.ts';

/** What the caller wants and may see, with its present rights; null: the right to the stream itself ended. */
export type Authorize = () => EventFilter | null | Promise<EventFilter | null>;

export interface Permission {
  /** The same object until it changes. */
  readonly interest: Interest;
  /** The last answer is too old for another event. */
  isDue(): boolean;
  /** Rejects with SCOPE_REVOKED when the right ended; events of a vendor nobody follows are a TypeError. */
  check(): Promise<void>;
}

export interface PermissionOptions {
  authorize: Authorize;
  /** Those that can be followed. */
  vendors: readonly VendorName[];
  everyMs: number;
  now: () => number;
}

export async function openPermission(options: PermissionOptions): Promise<Permission> {
  const { authorize, vendors, everyMs, now } = options;
  let interest = createInterest([]);
  let checkedAt = 0;
  let asked = 0;

  const check = async (): Promise<void> => {
    const turn = ++asked;
    const startedAt = now();
    const filter = await authorize();
    if (filter === null) throw endError('SCOPE_REVOKED');
    // A later question may have been answered sooner.
    if (turn !== asked) return;
    checkedAt = startedAt;
    const present = createInterest(filter);
    const strange = present.vendors.find((vendor) => !vendors.includes(vendor));
    if (strange !== undefined) throw new TypeError(`No events of ${strange} are followed.`);
    if (present.key !== interest.key) interest = present;
  };

  await check();
  return {
    get interest() {
      return interest;
    },
    isDue: () => now() - checkedAt >= everyMs,
    check,
  };
}
