/** Webhooks of writes through HubSpot's API: sent without being asked for, again until they are taken, and only where that is wanted. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

interface HubspotEvent {
  eventId: number;
  subscriptionType: string;
  objectId: number;
  attemptNumber: number;
  changeSource: string;
  propertyName?: string;
}

interface Receiver extends AsyncDisposable {
  url: string;
  deliveries: { path: string; signature: unknown; events: HubspotEvent[] }[];
}

/** Answers with the statuses in turn, then with 200. */
async function startReceiver(...statuses: number[]): Promise<Receiver> {
  const deliveries: Receiver['deliveries'] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const { url = '', headers } = request;
    deliveries.push({ path: url, signature: headers['x-hubspot-signature-v3'], events: JSON.parse(text) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    deliveries,
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}

function startHubspot(webhookBaseUrl: string, options: SandboxOptions = { webhooksOfWrites: true }): Promise<Sandbox> {
  return startSandbox({ vendors: ['hubspot'], webhookBaseUrl, ...options });
}

async function write(sandbox: Sandbox, method: string, path: string, properties?: object): Promise<string> {
  const response = await fetch(`${sandbox.urls.hubspot}/crm/v3/objects/contacts${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.credentials.hubspot?.['token']}`, 'content-type': 'application/json' },
    ...(properties && { body: JSON.stringify({ properties }) }),
  });
  expect(response.ok).toBe(true);
  return response.status === 204 ? '' : ((await response.json()) as { id: string }).id;
}

it('tells of what is created, changed and archived through the API, as an integration’s doing', async () => {
  await using receiver = await startReceiver();
  await using sandbox = await startHubspot(receiver.url);
  const id = await write(sandbox, 'POST', '', { email: 'nora@example.com', lifecyclestage: 'lead' });
  await expect.poll(() => receiver.deliveries).toHaveLength(1);
  await write(sandbox, 'PATCH', `/${id}`, { lifecyclestage: 'lead', jobtitle: 'Director' });
  await expect.poll(() => receiver.deliveries).toHaveLength(2);
  await write(sandbox, 'DELETE', `/${id}`);
  await expect.poll(() => receiver.deliveries).toHaveLength(3);

  const events = receiver.deliveries.flatMap((delivery) => delivery.events);
  expect(events).toMatchObject([
    { subscriptionType: 'contact.creation', objectId: Number(id), changeSource: 'INTEGRATION' },
    { subscriptionType: 'contact.propertyChange', propertyName: 'jobtitle', propertyValue: 'Director' },
    { subscriptionType: 'contact.deletion', objectId: Number(id) },
  ]);
  expect(new Set(receiver.deliveries.map(({ path }) => path))).toEqual(new Set(['/webhooks/hubspot']));
});

it('comes again, signed anew, until the receiver takes it: the same event, another attempt', async () => {
  await using receiver = await startReceiver(503, 500);
  await using sandbox = await startHubspot(receiver.url);
  await write(sandbox, 'POST', '', { email: 'nora@example.com' });
  await expect.poll(() => receiver.deliveries, { timeout: 5_000 }).toHaveLength(3);
  const events = receiver.deliveries.flatMap((delivery) => delivery.events);
  expect(events.map(({ attemptNumber }) => attemptNumber)).toEqual([0, 1, 2]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1);
  expect(new Set(receiver.deliveries.map(({ signature }) => signature)).size).toBe(3);
});

it('is silent unless it is asked for, and keeps no event of a write that was refused', async () => {
  await using receiver = await startReceiver();
  await using silent = await startHubspot(receiver.url, {});
  await write(silent, 'POST', '', { email: 'nora@example.com' });
  await using sandbox = await startHubspot(receiver.url);
  const known = { email: String(sandbox.world.people.find(({ ids }) => ids.hubspot !== undefined)?.email) };
  await expect(write(sandbox, 'POST', '', known)).rejects.toThrow();
  await write(sandbox, 'POST', '', { email: 'last@example.com' });
  await expect.poll(() => receiver.deliveries).toHaveLength(1);
});
