/** A secret that verifies deliveries for a time. Its value is read anew before each use, so that a rotated file counts at once. */
import type { KeyObject } from 'node:crypto';
import type { Scheme } from './scheme.ts';

export interface WebhookSecret {
  /** Shown in metrics and kept with what it verified. */
  id: string;
  /** Epoch milliseconds, from … */
  notBefore: number;
  /** … and up to, not with, this one. */
  notAfter: number;
  /** Throws when it cannot be read, with a message that never holds the value. */
  key(): KeyObject;
}

export interface SecretSpan {
  id: string;
  /** ISO 8601. */
  notBefore?: string | undefined;
  notAfter?: string | undefined;
}

export function createWebhookSecret(span: SecretSpan, scheme: Scheme, read: () => string): WebhookSecret {
  let known: { value: string; key: KeyObject } | undefined;
  return {
    id: span.id,
    ...lifeOf(span),
    key() {
      const value = read();
      if (known?.value !== value) known = { value, key: scheme.readKey(value) };
      return known.key;
    },
  };
}

export function lifeOf({ notBefore, notAfter }: Omit<SecretSpan, 'id'>): Pick<WebhookSecret, 'notBefore' | 'notAfter'> {
  return {
    notBefore: notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore),
    notAfter: notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter),
  };
}

export function isLive({ notBefore, notAfter }: WebhookSecret, now: number): boolean {
  return notBefore <= now && now < notAfter;
}

/** A secret that ends while another verifies or will: the vendor may already sign with one we do not have yet. */
export function isRotating(secrets: readonly WebhookSecret[], now: number): boolean {
  return secrets.length > 1 && secrets.some((secret) => isLive(secret, now) && Number.isFinite(secret.notAfter));
}
