/** Starts the sandbox: eight emulated vendors over one small world, each on its own port, and a control port for tests and demos. */

import { type Access, readAccess } from './access.ts';
import { createControlHandler } from './control.ts';
import type { CreateEmulator } from './emulator.ts';
import { DEFAULT_SOURCES_FOLDER, loadEmulators } from './emulator-files.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { type Listener, listen } from './listener.ts';
import { PORT_OFFSETS } from './ports.ts';
import { createVendorHandler } from './vendor-handler.ts';
import { VENDOR_NAMES, type VendorName } from './vendor-name.ts';
import type { World } from './world.ts';
import { generateWorld } from './world-generator.ts';

export interface SandboxOptions {
  /** Control port; each vendor listens at its offset above it. 0: all on free ports. @default 0 */
  port?: number;
  /** Where webhooks go, the vendor's name appended. @default SANDBOX_WEBHOOK_URL, or the local gateway's /webhooks */
  webhookBaseUrl?: string;
  /** Writes through the API send webhooks too, as in life, not only `POST /emit`. @default false */
  webhooksOfWrites?: boolean;
  /** Multiplies the vendors' published rate limits; 1 is true to life. @default 100 */
  rateFactor?: number;
  /** Of the world. @default 20261102 */
  seed?: number;
  /** Instead of one made from the seed. */
  world?: World;
  /** Which vendors run. @default every one that has an emulator */
  vendors?: readonly VendorName[];
  /** Emulators to run instead of those in the sources folder. */
  emulators?: Partial<Record<VendorName, CreateEmulator>>;
  /** Where the emulators' files are. @default sources/ of this repository */
  sourcesFolder?: string;
  /** Clock of the emulators, in milliseconds. @default Date.now */
  now?: () => number;
}

export interface Sandbox extends Access {
  controlUrl: string;
  /** By vendor, no trailing slash. Only the vendors that run have one. */
  urls: Record<VendorName, string>;
  world: World;
  /** Cuts every connection, also those of a blackhole, and frees the ports. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, rateFactor = 100, now = Date.now } = options;
  const { webhookBaseUrl = defaultWebhookBaseUrl(), webhooksOfWrites = false } = options;
  const emulators = await chooseEmulators(options);
  const world = options.world ?? generateWorld(options);
  const kernel = createKernel({ world, emulators, webhookBaseUrl, webhooksOfWrites, rateFactor, now });

  const listeners: Listener[] = [];
  const close = async () => {
    kernel.writeWebhooks.clear();
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()));
  };
  const urls: Partial<Record<VendorName, string>> = {};
  try {
    listeners.push(await listen(port, createControlHandler(kernel, urls)));
    await listenAll(kernel, port, (vendor, listener) => {
      listeners.push(listener);
      urls[vendor] = listener.url;
    });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    controlUrl: listeners[0]?.url ?? '',
    urls: urls as Record<VendorName, string>, // lacks the vendors that do not run, as its comment says
    ...readAccess(kernel),
    world: kernel.world,
    [Symbol.asyncDispose]: close,
  };
}

async function chooseEmulators(options: SandboxOptions): Promise<Map<VendorName, CreateEmulator>> {
  const { vendors, emulators, sourcesFolder = DEFAULT_SOURCES_FOLDER } = options;
  if (emulators === undefined) return loadEmulators(sourcesFolder, vendors);
  return new Map(
    (vendors ?? VENDOR_NAMES).flatMap((vendor) => {
      const create = emulators[vendor];
      return create === undefined ? [] : [[vendor, create] as const];
    }),
  );
}

/** Listens for all vendors at once, and rejects only when each of them has either succeeded or failed. */
async function listenAll(
  kernel: Kernel,
  port: number,
  listening: (vendor: VendorName, listener: Listener) => void,
): Promise<void> {
  const results = await Promise.allSettled(
    kernel.vendors.map(async (vendor) => {
      const handle = createVendorHandler(kernel, vendor);
      const vendorPort = port === 0 ? 0 : port + PORT_OFFSETS[vendor];
      listening(vendor, await listen(vendorPort, (incoming, outgoing) => void handle(incoming, outgoing)));
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function defaultWebhookBaseUrl(): string {
  return process.env['SANDBOX_WEBHOOK_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? 4000}/webhooks`;
}
