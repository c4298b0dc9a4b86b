/**
 * Webhooks that follow a write through a vendor's API by themselves, and come again until the receiver takes them, as the
 * vendors' own do. In memory: what is still to be sent is gone with the process.
 */

import { deliver } from './delivery.ts';
import type { BuildWebhook } from './emulator.ts';
import type { VendorName } from './vendor-name.ts';

/** HubSpot's number (https://developers.hubspot.com/docs/api/webhooks); it spreads them over a day. */
const MOST_TRIES = 10;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

export interface WriteWebhooks {
  /** Does not wait: the write is answered first. */
  send(vendor: VendorName, build: BuildWebhook): void;
  /** Nothing that waits for another try is sent any more. */
  clear(): void;
}

export function createWriteWebhooks(urlOf: (vendor: VendorName) => string): WriteWebhooks {
  const waiting = new Set<NodeJS.Timeout>();
  let round = 0;

  const later = (waitMs: number, run: () => Promise<void>) => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void run();
    }, waitMs).unref();
    waiting.add(timer);
  };

  async function attempt(vendor: VendorName, build: BuildWebhook, tries: number): Promise<void> {
    const url = urlOf(vendor);
    const started = round;
    const delivery = await deliver(url, build({ url }, tries));
    const taken = 'status' in delivery && delivery.status < 300;
    if (taken || started !== round || tries + 1 === MOST_TRIES) return;
    later(Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS), () => attempt(vendor, build, tries + 1));
  }

  return {
    send: (vendor, build) => later(0, () => attempt(vendor, build, 0)),
    clear() {
      round += 1;
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
