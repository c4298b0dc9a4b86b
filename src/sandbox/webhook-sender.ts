/** Sends the signed webhooks that `POST /emit` asks for, one after the other, as the vendors do for one subscriber. */

import { type Delivery, deliver, webhookUrl } from './delivery.ts';
import type { Kernel, RunningEmulator } from './kernel.ts';
import type { VendorName } from './vendor-name.ts';

export interface EmitOrder {
  vendor: VendorName;
  running: RunningEmulator;
  /** One of the emulator's event types. */
  type: string;
  count: number;
}

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
