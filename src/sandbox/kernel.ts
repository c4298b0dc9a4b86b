/** What the sandbox's servers share: the running emulators, the call counts, the faults and the ledger. Knows no socket. */

import { type Calls, createCalls } from './calls.ts';
import { webhookUrl } from './delivery.ts';
import type { CreateEmulator, Emulator } from './emulator.ts';
import { createFaults, type Faults } from './faults.ts';
import { createRandom } from './random.ts';
import { createRouter, type Router } from './router.ts';
import type { VendorName } from './vendor-name.ts';
import type { World } from './world.ts';
import { createWriteWebhooks, type WriteWebhooks } from './write-webhooks.ts';
import { createWrites, type Writes } from './writes.ts';

export interface RunningEmulator {
  emulator: Emulator;
  router: Router;
}

export interface Kernel {
  world: World;
  vendors: readonly VendorName[];
  calls: Calls;
  faults: Faults;
  writes: Writes;
  writeWebhooks: WriteWebhooks;
  /** Where webhooks go; the vendor's name is appended. */
  webhookBaseUrl: string;
  now(): number;
  /** Undefined when the vendor does not run here. After a reset it is another one: ask anew for each request. */
  running(vendor: VendorName): RunningEmulator | undefined;
  /** Fresh emulators; counts, faults and ledger are empty again. Where webhooks go stays. */
  reset(): void;
}

export interface KernelOptions {
  world: World;
  emulators: ReadonlyMap<VendorName, CreateEmulator>;
  webhookBaseUrl: string;
  webhooksOfWrites: boolean;
  rateFactor: number;
  now(): number;
}

export function createKernel(options: KernelOptions): Kernel {
  const { world, emulators, webhookBaseUrl, webhooksOfWrites, rateFactor, now } = options;
  const calls = createCalls();
  const faults = createFaults();
  const writes = createWrites();
  // Asked at each try: where webhooks go may change in between.
  const writeWebhooks = createWriteWebhooks((vendor) => webhookUrl(kernel.webhookBaseUrl, vendor));
  let running = startAll();

  function startAll(): Map<VendorName, RunningEmulator> {
    return new Map([...emulators].map(([vendor, create]) => [vendor, start(vendor, create)]));
  }

  function start(vendor: VendorName, create: CreateEmulator): RunningEmulator {
    const emulator = create({
      world,
      now,
      random: createRandom(world.seed, `emulator ${vendor}`).next,
      recordWrite: (write) => writes.record(vendor, { ...write, at: new Date(now()).toISOString() }),
      ...(webhooksOfWrites && { tell: (build) => writeWebhooks.send(vendor, build) }),
      rateFactor,
    });
    return { emulator, router: createRouter(emulator.routes) };
  }

  const kernel: Kernel = {
    world,
    vendors: [...emulators.keys()],
    calls,
    faults,
    writes,
    writeWebhooks,
    webhookBaseUrl,
    now,
    running: (vendor) => running.get(vendor),
    reset() {
      calls.clear();
      faults.clear();
      writes.clear();
      writeWebhooks.clear();
      running = startAll();
    },
  };
  return kernel;
}
