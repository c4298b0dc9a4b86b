/** Sends the signed webhooks that `POST /emit` asks for, one after the other, as the vendors do for one subscriber. */

import type { WebhookDelivery } from './emulator.ts';
import type { Kernel, RunningEmulator } from './kernel.ts';
import type { VendorName } from './vendor-name.ts';

/** Past it a delivery counts as failed; vendors wait between 3 and 20 s. */
const TIMEOUT_MS = 10_000;

export interface EmitOrder {
  vendor: VendorName;
  running: RunningEmulator;
  /** One of the emulator's event types. */
  type: string;
  count: number;
}

export type Delivery = { type: string; status: number; ms: number } | { type: string; error: string };

/** Changes the vendor's state `count` times and delivers each change. A receiver that fails or refuses is reported, not thrown. */
export async function emit(
  kernel: Kernel,
  { vendor, running, type, count }: EmitOrder,
): Promise<{ deliveries: Delivery[] }> {
  const url = webhookUrl(kernel.webhookBaseUrl, vendor);
  const deliveries: Delivery[] = [];
  for (let index = 0; index < count; index += 1) {
    deliveries.push(await deliver(url, running.emulator.emit(type, { url })));
  }
  return { deliveries };
}

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
