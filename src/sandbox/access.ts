/** What a client needs to be let in: by vendor, as the emulators running now accept and sign. */

import type { Kernel } from './kernel.ts';
import type { VendorName } from './vendor-name.ts';

export interface Access {
  /** Everything a client must send, e.g. `{ token }`. */
  credentials: Partial<Record<VendorName, Record<string, string>>>;
  /** Only of vendors that send webhooks. */
  webhookSecrets: Partial<Record<VendorName, string>>;
}

export function readAccess(kernel: Kernel): Access {
  const access: Access = { credentials: {}, webhookSecrets: {} };
  for (const vendor of kernel.vendors) {
    const emulator = kernel.running(vendor)?.emulator;
    if (emulator === undefined) continue;
    access.credentials[vendor] = emulator.credentials;
    if (emulator.webhookSecret !== undefined) access.webhookSecrets[vendor] = emulator.webhookSecret;
  }
  return access;
}
