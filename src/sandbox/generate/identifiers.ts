/** Ids in the vendors' own forms. */
import type { Random } from '../random.ts';

const DIGITS = '0123456789';
const UPPER = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const ALPHANUMERIC = `${UPPER}abcdefghijklmnopqrstuvwxyz`;
const HEX = '0123456789abcdef';

/** `cus_Nf1aB…`: a prefix and 14 characters, as older Stripe objects have. */
export function stripeId(random: Random, prefix: string): string {
  return `${prefix}_${random.text(14, ALPHANUMERIC)}`;
}

/** `1NkRz5Lk…`: newer Stripe objects have 24 characters. */
export function longStripeId(random: Random, prefix: string): string {
  return `${prefix}_1${random.text(23, ALPHANUMERIC)}`;
}

/** `U0…` or `C0…`, 11 characters. */
export function slackId(random: Random, prefix: 'U' | 'C'): string {
  return `${prefix}0${random.text(9, UPPER)}`;
}

/** Version 4. */
export function uuid(random: Random): string {
  const hex = (length: number) => random.text(length, HEX);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`;
}

export function pdlPersonId(random: Random): string {
  return `${random.text(22, `${ALPHANUMERIC}-_`)}_0000`;
}

export function pdlCompanyId(random: Random): string {
  return random.text(28, ALPHANUMERIC);
}

export function bookingUid(random: Random): string {
  return random.text(22, ALPHANUMERIC);
}

/** Rising numbers with gaps, as vendors that count for all their customers hand them out. */
export function createSequence(random: Random, start: number, maxStep: number): () => number {
  let last = start;
  return () => {
    last += random.int(1, maxStep);
    return last;
  };
}
