/** Events as the emulators send them, and one event's fields as a subscription would execute them, over the sandbox. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type ExecutionResult, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { demoKeys } from '../../src/auth/api-keys.ts';
import { readComposedSchema, readGraphFolder } from '../../src/config/graph-folder.ts';
import type { LoggedEvent } from '../../src/events/log.ts';
import { createGraphContext } from '../../src/graph/context.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { attachEventTypes } from '../../src/joins/event-fields.ts';
import { type EventTypes, readEventTypes } from '../../src/joins/event-types.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { createRestExecutor } from '../../src/rest/executor.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { VendorName } from '../../src/sandbox/vendor-name.ts';
import type { VendorCallRecord } from '../../src/vendors/call-scope.ts';
import { createVendorDoor } from '../../src/vendors/door.ts';
import { sandboxConnection } from '../../src/vendors/vendor-connection.ts';
import { startWebhookReceiver } from '../sources/webhook-receiver.ts';
import type { Tree } from './asking.ts';

export interface EmittedEvents extends AsyncDisposable {
  sandbox: Sandbox;
  schema: GraphQLSchema;
  types: EventTypes;
  /** Changes the vendor's world; the events it told of, as the log would hold them. */
  emit(vendor: VendorName, type: string, count?: number): Promise<LoggedEvent[]>;
  /** `data` of a subscription's one field for this event; throws for any error. */
  ask(field: string, event: LoggedEvent, selection: string): Promise<Tree>;
  askWith(field: string, event: LoggedEvent, selection: string): Promise<Asked>;
}

interface Asked extends ExecutionResult {
  calls: readonly VendorCallRecord[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export async function startEmittedEvents(): Promise<EmittedEvents> {
  const receiver = await startWebhookReceiver();
  const sandbox = await startSandbox({ port: 0, rateFactor: 1_000, webhookBaseUrl: receiver.url });
  const folder = readGraphFolder(ROOT);
  const { schema, operations } = createGraph(readComposedSchema(folder), JOINS);
  attachEventTypes(schema);
  const types = readEventTypes(schema);
  const connections = new Map(
    folder.sources.map(({ vendor, config }) => [
      vendor,
      // The reference graph's sources are the sandbox's vendors.
      sandboxConnection(config, sandbox.urls[vendor as VendorName], sandbox.credentials[vendor as VendorName]),
    ]),
  );
  const door = createVendorDoor({ connections });
  const rest = createRestExecutor({
    operations,
    vendors: new Map(folder.sources.map(({ vendor, config }) => [vendor, config])),
    door,
  });
  const principal = demoKeys(folder.sources.map(({ vendor }) => vendor)).find(({ key }) => key === 'vg_demo_frontend');

  const askWith = async (field: string, event: LoggedEvent, selection: string): Promise<Asked> => {
    if (!principal) throw new Error('There is no such demo key.');
    const context = createGraphContext(rest, {
      requestId: 'r1',
      principal: principal.principal,
      transport: 'ws',
      signal: new AbortController().signal,
      explain: false,
      timeoutMs: 10_000,
    });
    const document = parse(`subscription { ${field} { ${selection} } }`);
    const [invalid] = validate(schema, document);
    if (invalid) throw invalid;
    const rootValue = { [field]: types.rowOf(event, `cursor-of-${event.id}`) };
    const result = await execute({ schema, document, rootValue, contextValue: context });
    return { ...result, calls: context.calls };
  };

  return {
    sandbox,
    schema,
    types,
    async emit(vendor, type, count = 1) {
      const before = receiver.received.length;
      const response = await fetch(`${sandbox.controlUrl}/emit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ vendor, type, count }),
      });
      if (!response.ok) throw new Error(await response.text());
      return receiver.received.slice(before).flatMap(({ body }) => loggedEvents(vendor, type, body));
    },
    askWith,
    async ask(field, event, selection) {
      const { data, errors } = await askWith(field, event, selection);
      if (errors?.[0]) throw errors[0];
      return data?.[field];
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** HubSpot sends lists. */
function loggedEvents(vendor: VendorName, type: string, body: string): LoggedEvent[] {
  const sent: unknown = JSON.parse(body);
  return [sent].flat().map((element, ix) => loggedEvent(vendor, type, JSON.stringify(element), ix));
}

export function loggedEvent(vendor: VendorName, type: string, body: string, ix = 0): LoggedEvent {
  const id = randomUUID();
  return {
    id,
    position: '0000000000000001',
    deliveryId: `delivery-of-${id}`,
    ix,
    vendor,
    type,
    eventId: `event-of-${id}`,
    vendorTime: Date.UTC(2026, 10, 2, 9),
    receivedAt: Date.UTC(2026, 10, 2, 9, 0, 1),
    body,
    unsigned: [],
    replayOf: null,
  };
}
