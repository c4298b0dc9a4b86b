/** The only comparison of signatures: its time tells nothing of where two differ. `test/webhooks/forged.test.ts` keeps it the only one. */
import { timingSafeEqual } from 'node:crypto';

/** Lengths are no secret: the vendor's documentation states them. */
export function isSameSignature(claimed: string, expected: string): boolean {
  const [left, right] = [Buffer.from(claimed, 'latin1'), Buffer.from(expected, 'latin1')];
  return left.length === right.length && timingSafeEqual(left, right);
}
