/**
 * Compares our clock with the `Date` of vendors' answers. Signed times of webhooks are judged by our clock: one that is five
 * minutes off refuses everything, and one that is not noticed until then costs every delivery.
 */
import type { VendorName } from '../config/vendor-name.ts';
import type { VendorAnswer } from './call-scope.ts';

export interface ClockSkewOptions {
  /** @default Date.now */
  now?: () => number;
  /** Told once a minute for each vendor that answers: by how much our clock is ahead. */
  onLook(vendor: VendorName, aheadMs: number): void;
}

const EVERY_MS = 60_000;

/** What every answer is shown to. */
export type NoteAnswer = (vendor: VendorName, answer: Pick<VendorAnswer, 'headers'>) => void;

export function createClockSkew({ now = Date.now, onLook }: ClockSkewOptions): NoteAnswer {
  const lookedAt = new Map<VendorName, number>();
  return (vendor, { headers }) => {
    const at = now();
    if (at - (lookedAt.get(vendor) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    lookedAt.set(vendor, at);
    const told = Date.parse(headers['date'] ?? '');
    // An answer out of a cache tells when it was put there.
    if (Number.isNaN(told) || headers['age'] !== undefined) return;
    onLook(vendor, at - told);
  };
}
