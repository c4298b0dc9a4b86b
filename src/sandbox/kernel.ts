/** What the sandbox's servers share: the running emulators, the call counts, the faults and the ledger. Knows no socket. */

import { type Calls, createCalls } from './calls.ts';
import type { CreateEmulator, Emulator } from './emulator.ts';
import { createFaults, type Faults } from './faults.ts';
import { createRandom } from './random.ts';
import { createRouter, type Router } from './router.ts';
import type { VendorName } from './vendor-name.ts';
import type { World } from './world.ts';
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
  rateFactor: number;
  now(): number;
}

export function createKernel({ world, emulators, webhookBaseUrl, rateFactor, now }: KernelOptions): Kernel {
  const calls = createCalls();
  const faults = createFaults();
  const writes = createWrites();
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
      rateFactor,
    });
    return { emulator, router: createRouter(emulator.routes) };
  }

  return {
    world,
    vendors: [...emulators.keys()],
    calls,
    faults,
    writes,
    webhookBaseUrl,
    now,
    running: (vendor) => running.get(vendor),
    reset() {
      calls.clear();
      faults.clear();
      writes.clear();
      running = startAll();
    },
  };
}
