/** Every way in × every refusal of a subscription, and every rule of what a subscriber sees: a table forgets nothing. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientName, type EventsGateway, startEventsGateway } from './events-gateway.ts';
import {
  type Ending,
  overSseGet,
  overSsePost,
  overWebSocket,
  type Subscribe,
  type Subscription,
} from './subscription.ts';
import { PATIENT } from './until.ts';

const INVOICES = `subscription ($after: String, $from: EventStart, $consumer: String) {
  invoiceEvents(after: $after, from: $from, consumer: $consumer) { changedFields }
}`;
const EVENTS = `subscription ($after: String, $vendors: [Vendor!], $types: [String!]) {
  events(after: $after, vendors: $vendors, types: $types) { __typename vendor type }
}`;
const INVOICE = 'subscription { invoiceEvents { invoice { customer_email } } }';

/** What each principal was given, by client and field. */
type CursorName = 'mine' | 'of another principal' | 'of another field' | 'cut off';

interface Refusal {
  client: ClientName;
  query: string;
  after?: CursorName | { text: string };
  variables?: Record<string, unknown>;
  told: { code: string; scopes?: string[] };
  /** Of SSE: an EventSource comes again for ever after 200. */
  status: number;
}

const CURSOR_INVALID = { told: { code: 'CURSOR_INVALID' }, status: 400 };
const BAD_USER_INPUT = { told: { code: 'BAD_USER_INPUT' }, status: 400 };

const REFUSALS: Record<string, Refusal> = {
  'a client without events:read': {
    ...{ client: 'no-events', query: INVOICES },
    ...{ told: { code: 'SCOPE_MISSING', scopes: ['events:read'] }, status: 403 },
  },
  'a client without the vendor’s scope': {
    ...{ client: 'hubspot', query: INVOICES },
    ...{ told: { code: 'SCOPE_MISSING', scopes: ['stripe:read'] }, status: 403 },
  },
  'a cursor together with a start': {
    ...{ client: 'reader', query: INVOICES, after: 'mine', variables: { from: 'EARLIEST' } },
    ...BAD_USER_INPUT,
  },
  'a cursor together with a consumer': {
    ...{ client: 'reader', query: INVOICES, after: 'mine', variables: { consumer: 'billing' } },
    ...BAD_USER_INPUT,
  },
  'a consumer with an impossible name': {
    ...{ client: 'reader', query: INVOICES, variables: { consumer: 'billing sync' } },
    ...BAD_USER_INPUT,
  },
  'what is no cursor': { client: 'reader', query: INVOICES, after: { text: 'first' }, ...CURSOR_INVALID },
  'an empty cursor': { client: 'reader', query: INVOICES, after: { text: '' }, ...CURSOR_INVALID },
  'a cursor that was cut off': { client: 'reader', query: INVOICES, after: 'cut off', ...CURSOR_INVALID },
  'a cursor of another principal': {
    ...{ client: 'reader', query: INVOICES, after: 'of another principal' },
    ...CURSOR_INVALID,
  },
  'a cursor of another field': { client: 'reader', query: INVOICES, after: 'of another field', ...CURSOR_INVALID },
  'two fields at once': {
    ...{ client: 'reader', query: 'subscription { a: invoiceEvents { id } b: dealEvents { id } }' },
    // As yoga answers every document that is not valid over SSE.
    ...{ told: { code: 'GRAPHQL_VALIDATION_FAILED' }, status: 200 },
  },
};

let gateway: EventsGateway;
let cursors: Record<CursorName, string>;

const SAVED = [INVOICES, EVENTS, INVOICE];

beforeAll(async () => {
  gateway = await startEventsGateway({ operations: SAVED });
  const [mine, others, field] = await Promise.all([
    cursorOf('reader', INVOICES),
    cursorOf('other', INVOICES),
    cursorOf('reader', EVENTS),
  ]);
  cursors = { mine, 'of another principal': others, 'of another field': field, 'cut off': mine.slice(0, -1) };
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function cursorOf(client: ClientName, query: string): Promise<string> {
  await using subscription = overWebSocket(gateway.url, { query, key: gateway.keys[client] });
  return await subscription.opened;
}

/** By its saved text's name, where it has one. */
function bySavedOperation(subscribe: Subscribe): Subscribe {
  return (url, ask) => {
    const isSaved = SAVED.includes(ask.query);
    return subscribe(url, { ...ask, ...(isSaved && { documentId: documentIdOf(ask.query) }) });
  };
}

const documentIdOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const TRANSPORTS: [string, Subscribe][] = [
  ['WebSocket', overWebSocket],
  ['SSE by POST', overSsePost],
  ['SSE by GET', overSseGet],
  ['a saved operation over WebSocket', bySavedOperation(overWebSocket)],
  ['a saved operation over SSE', bySavedOperation(overSsePost)],
];

const textOf = (after: Refusal['after']): string | undefined =>
  typeof after === 'object' ? after.text : after && cursors[after];

/** Resolves when it has ended, with what it brought before. */
async function refused(subscription: Subscription): Promise<Ending> {
  await using its = subscription;
  const ending = await its.ended;
  expect(its.items).toEqual([]);
  return ending;
}

const received = (subscription: Subscription, count: number) =>
  expect.poll(() => subscription.items.length, PATIENT).toBeGreaterThanOrEqual(count);

describe.each(TRANSPORTS)('%s', (name, subscribe) => {
  const open = (client: ClientName, query: string, variables: Record<string, unknown> = {}) =>
    subscribe(gateway.url, { query, key: gateway.keys[client], variables });

  it.each(Object.entries(REFUSALS))(
    'refuses %s',
    async (_refusal, { client, query, after, variables, told, status }) => {
      const calls = await gateway.callsOf(async () => {
        const text = textOf(after);
        const ending = await refused(open(client, query, { ...variables, ...(text !== undefined && { after: text }) }));
        expect(ending.how).toBe('error');
        expect(ending.errors).toHaveLength(1);
        const { code, scopes, requestId } = ending.errors[0]?.extensions ?? {};
        expect({ code, scopes }).toEqual({ scopes: undefined, ...told });
        expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
        if (name.includes('SSE')) expect(ending.status).toBe(status);
      });
      expect(calls).toEqual({});
    },
  );

  it('opens no more than the client may have open, and one more when one has ended', async () => {
    const first = open('single', INVOICES);
    await first.opened;
    const ending = await refused(open('single', INVOICES));
    expect(ending).toMatchObject({ how: 'error', errors: [{ extensions: { code: 'QUOTA_EXCEEDED' } }] });
    expect(ending.errors[0]?.message).toContain('open subscriptions');
    if (name.includes('SSE')) expect(ending.status).toBe(429);
    await first[Symbol.asyncDispose]();
    const next = async () => {
      await using one = open('single', INVOICES);
      return await one.opened.catch(() => undefined);
    };
    // The gateway hears of an end a moment later.
    await expect.poll(next, PATIENT).toEqual(expect.any(String));
  });

  it('passes over events of vendors that the client may not read, live and replayed', async () => {
    await using live = open('stripe', EVENTS);
    const start = await live.opened;
    await gateway.emit('hubspot', 'contact.creation');
    await gateway.send({ id: `evt_${name}_seen` });
    await received(live, 1);
    await using replayed = open('stripe', EVENTS, { after: start });
    await received(replayed, 1);
    for (const { items } of [live, replayed]) {
      expect(items.map(({ data }) => data['events'])).toMatchObject([{ vendor: 'stripe' }]);
    }
  });

  it('shows only the vendors and types that were asked for', async () => {
    const filters = [
      [{ vendors: ['hubspot'] }, ['HubspotContactEvent']],
      [{ types: ['invoice.*'] }, ['StripeInvoiceEvent']],
      [{ types: ['customer.updated', 'contact.*'] }, ['HubspotContactEvent', 'OtherEvent']],
      [{ vendors: ['stripe'], types: ['contact.*'] }, []],
      [{ vendors: [] }, []],
    ] as const;
    await using stack = new AsyncDisposableStack();
    const narrow = filters.map(([filter]) => stack.use(open('reader', EVENTS, filter)));
    const all = stack.use(open('reader', EVENTS));
    await Promise.all([all, ...narrow].map(({ opened }) => opened));
    await gateway.emit('hubspot', 'contact.creation');
    await gateway.send({ id: `evt_${name}_invoice` });
    await gateway.send({ id: `evt_${name}_customer`, type: 'customer.updated' });
    await received(all, 3);
    for (const [index, [, expected]] of filters.entries()) {
      const types = () => narrow[index]?.items.map(({ data }) => data['events']?.['__typename']);
      await expect.poll(types, PATIENT).toEqual(expected);
    }
  });

  it('masks personal data for a client without pii:read', async () => {
    await using masked = open('masked', INVOICE);
    await using plain = open('reader', INVOICE);
    await Promise.all([masked.opened, plain.opened]);
    await gateway.emit('stripe', 'invoice.paid');
    await Promise.all([received(masked, 1), received(plain, 1)]);
    const emailOf = ({ items }: Subscription): unknown =>
      items[0]?.data['invoiceEvents']?.['invoice']?.['customer_email'];
    expect(emailOf(plain)).toMatch(/^[^*]+@/);
    expect(emailOf(masked)).not.toBe(emailOf(plain));
    expect(JSON.stringify(masked.items)).not.toContain(emailOf(plain));
  });

  it('starts a consumer that nobody knows yet where it was told to', async () => {
    const consumer = `new-${name.replaceAll(' ', '-')}`;
    await using late = open('reader', INVOICES, { consumer });
    await late.opened;
    await using early = open('reader', INVOICES, { consumer: `${consumer}-early`, from: 'EARLIEST' });
    await gateway.send({ id: `evt_${name}_new` });
    await received(late, 1);
    expect(late.items).toMatchObject([{ data: { invoiceEvents: { changedFields: [`evt_${name}_new`] } } }]);
    await received(early, 2);
  });
});

it.each([
  ['POST', 'application/json'],
  ['POST', 'application/graphql-response+json'],
  ['POST', '*/*'],
  ['GET', 'application/json'],
])('answers a subscription by %s for %s with 406', async (method, accept) => {
  const headers = { accept, authorization: `Bearer ${gateway.keys.reader}`, 'content-type': 'application/json' };
  const url = `${gateway.url}/graphql`;
  const response = await (method === 'GET'
    ? fetch(`${url}?${new URLSearchParams({ query: INVOICE })}`, { headers })
    : fetch(url, { method, headers, body: JSON.stringify({ query: INVOICE }) }));
  expect(response.status).toBe(406);
  expect(await response.text()).toContain('"code":"BAD_USER_INPUT"');
});

it('takes a cursor for nothing but itself, whichever of its bits is changed', async () => {
  const bytes = Buffer.from(cursors.mine, 'base64url');
  const changed = Array.from(bytes, (byte, index) => {
    const copy = Buffer.from(bytes);
    copy[index] = byte ^ (1 << (index % 8));
    return copy.toString('base64url');
  });
  const endings = changed.map((after) =>
    refused(overSsePost(gateway.url, { query: INVOICES, key: gateway.keys.reader, variables: { after } })),
  );
  const codes = (await Promise.all(endings)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['CURSOR_INVALID']));
});
