/** A vendor small enough to test the kernel with: a few rows, a thing that can be made, an echo. */
import type { CreateEmulator, EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';

export const TOKEN = 'tiny_token';

export const createTiny: CreateEmulator = (kit) => {
  const things = new Map<string, unknown>();
  const failed = (status: number): EmulatorResponse => ({ status, json: { tinyError: status } });
  return {
    vendor: 'stripe',
    credentials: { token: TOKEN },
    webhookSecret: 'tiny_secret',
    eventTypes: ['thing.created', 'thing.deleted'],
    guard: ({ headers }) => (headers['authorization'] === `Bearer ${TOKEN}` ? undefined : failed(401)),
    notFound: () => failed(404),
    failure: (_request, status) => failed(status),
    rateLimited: (_request, seconds) => ({ ...failed(429), headers: { 'retry-after': String(seconds) } }),
    routes: [
      {
        method: 'GET',
        path: '/rows',
        operation: 'rows',
        handle: () => ({
          status: 200,
          json: { total: 4, page: { rows: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }], tags: ['a', 'b'] } },
        }),
      },
      {
        method: 'POST',
        path: '/things',
        operation: 'createThing',
        handle({ body }) {
          const id = `t${things.size + 1}`;
          things.set(id, body);
          kit.recordWrite({ operation: 'createThing', id, data: body });
          // Vendors go on changing what they hold; the ledger may not change with it.
          if (typeof body === 'object') Object.assign(body ?? {}, { changed: true });
          return { status: 201, json: { id } };
        },
      },
      {
        method: 'GET',
        path: '/things',
        operation: 'things',
        handle: () => ({ status: 200, json: [...things.keys()].map((id) => ({ id })) }),
      },
      {
        method: 'GET',
        path: '/things/:id',
        operation: 'thing',
        handle: ({ params }) => ({ status: 200, json: params }),
      },
      {
        method: ['POST', 'PUT'],
        path: '/echo',
        operation: 'echo',
        handle: ({ body, rawBody }) => ({ status: 200, json: { body, bytes: rawBody.length } }),
      },
      {
        method: 'GET',
        path: '/boom',
        operation: 'boom',
        handle() {
          throw new Error('The tiny emulator is broken.');
        },
      },
      { method: 'GET', path: '/dice', operation: 'dice', handle: () => ({ status: 200, json: kit.random() }) },
    ],
    emit(type, target) {
      const id = `t${things.size + 1}`;
      things.set(id, type);
      const body = JSON.stringify({ id, type, target: target.url });
      return {
        type,
        headers: { 'content-type': 'application/json', 'x-tiny-signature': `signed ${body.length}` },
        body,
      };
    },
  };
};

/** Only the tiny vendor, in the place of Stripe. */
export function startTiny(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({ emulators: { stripe: createTiny }, ...options });
}

export function callTiny({ urls }: Sandbox, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${urls.stripe}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
}

/** A call of the control port; what it answers, whatever the status. */
export async function control({ controlUrl }: Sandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(`${controlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // The tests say what they expect of it.
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}
