/** One try to deliver a webhook: where it goes, and what became of it. A receiver that fails or refuses is reported, not thrown. */
import type { WebhookDelivery } from './emulator.ts';
import type { VendorName } from './vendor-name.ts';

/** Past it a delivery counts as failed; vendors wait between 3 and 20 s. */
const TIMEOUT_MS = 10_000;

export type Delivery = { type: string; status: number; ms: number } | { type: string; error: string };

export function webhookUrl(base: string, vendor: VendorName): string {
  return `${base.replace(/\/+$/, '')}/${vendor}`;
}

export async function deliver(url: string, { type, headers, body }: WebhookDelivery): Promise<Delivery> {
  const startedAt = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await response.arrayBuffer();
    return { type, status: response.status, ms: Math.round((performance.now() - startedAt) * 10) / 10 };
  } catch (error) {
    return { type, error: reason(error) };
  }
}

/** `fetch` says only "fetch failed"; the useful part is the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : error.message;
}
