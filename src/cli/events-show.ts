/** `vendorgraph events show`: one event, or one delivery as it came. Values of bodies are hidden unless asked for. */
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorName } from '../config/vendor-name.ts';
import type { EventFilter, EventLog, LoggedEvent, StoredDelivery } from '../events/log.ts';
import { readElements } from '../webhooks/body-elements.ts';
import { hideValues, shownPaths } from './events-hidden.ts';
import { wrongOption } from './events-place.ts';
import { eventFacts } from './events-tail.ts';

export interface ShowOptions {
  id: string;
  /** Of all vendors. */
  filter: EventFilter;
  configOf(vendor: VendorName): VendorConfig | undefined;
}

/** Facts first, `body` last. Throws ConfigError for an id that is neither an event's nor a delivery's. */
export async function showRecord(log: EventLog, options: ShowOptions): Promise<Record<string, unknown>> {
  const found = await findRecord(log, options);
  const config = options.configOf(found.vendor);
  return 'raw' in found ? shownDelivery(found, config) : shownEvent(found, config);
}

/** The very bytes: personal data in them. */
export async function rawRecord(log: EventLog, options: Omit<ShowOptions, 'configOf'>): Promise<Uint8Array> {
  const found = await findRecord(log, options);
  return 'raw' in found ? found.raw : Buffer.from(found.body);
}

async function findRecord(
  log: EventLog,
  { id, filter }: Omit<ShowOptions, 'configOf'>,
): Promise<LoggedEvent | StoredDelivery> {
  const [event] = await log.find({ filter, ids: [id] }, 1);
  const found = event ?? (await log.delivery(id));
  if (found !== undefined) return found;
  throw wrongOption('<id>', `Found "${id}", expected the id of an event or of a delivery in ${log.name}.`);
}

function shownEvent(event: LoggedEvent, config: VendorConfig | undefined): Record<string, unknown> {
  return { ...eventFacts(event), body: hideValues(JSON.parse(event.body), config ? shownPaths(config) : []) };
}

function shownDelivery(delivery: StoredDelivery, config: VendorConfig | undefined): Record<string, unknown> {
  const { id, vendor, receivedAt, verifiedBy, remoteIp, headers, raw, rawSha256 } = delivery;
  return {
    ...{ id, vendor },
    receivedAt: new Date(receivedAt).toISOString(),
    ...{ verifiedBy, remoteIp: remoteIp ?? null, headers, bytes: raw.byteLength, rawSha256 },
    body: shownBody(Buffer.from(raw), config),
  };
}

/** One value for each element; of what cannot be read, why. */
function shownBody(raw: Buffer, config: VendorConfig | undefined): unknown {
  const { bodyFormat = 'json', elements } = config?.webhook ?? {};
  const shown = config ? shownPaths(config) : [];
  const values = readElements(raw, { bodyFormat, elements }).map((element) =>
    'reason' in element ? `<${element.reason}>` : hideValues(element.value, shown),
  );
  return elements === undefined ? values[0] : values;
}

/** For people: a line for each fact, then the body. */
export function recordText({ body, ...facts }: Record<string, unknown>): string {
  const width = Math.max(...Object.keys(facts).map(({ length }) => length));
  const lines = Object.entries(facts).map(
    ([name, value]) => `${name.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [...lines, '', JSON.stringify(body, null, 2)].join('\n');
}
