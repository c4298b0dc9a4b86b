/** Rights that end while a stream runs, and cursors in the hands of somebody with fewer: a cursor is a place, no permission. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, answerJson, type SigningKey, sign, signingKey, startServer, type TestServer } from '../auth/kit.ts';
import { type ClientName, type EventsGateway, startEventsGateway } from './events-gateway.ts';
import { overSsePost, overWebSocket, type Subscribe } from './subscription.ts';
import { PATIENT } from './until.ts';

const QUERY = 'subscription ($after: String) { invoiceEvents(after: $after) { changedFields } }';
const EVENTS = 'subscription ($after: String) { events(after: $after) { vendor } }';
const SCOPES = 'stripe:read hubspot:read events:read pii:read';

let issuer: TestServer;
let signing: SigningKey;
let gateway: EventsGateway;

beforeAll(async () => {
  signing = await signingKey('key-1');
  issuer = await startServer(answerJson({ keys: [signing.jwk] }));
  gateway = await startEventsGateway({
    issuers: [{ issuer: issuer.url, audience: AUDIENCE, jwks: `${issuer.url}/jwks`, clockToleranceSeconds: 0 }],
    clients: [{ id: 'web', kind: 'app', proof: { issuer: issuer.url, client: 'web-spa' }, scopes: SCOPES.split(' ') }],
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

/** Of one user of the application, whatever else differs. */
function token({ seconds = 600, scope = SCOPES, user = 'ada' } = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const who = { iss: issuer.url, aud: AUDIENCE, sub: user, client_id: 'web-spa' };
  return sign({ ...who, scope, iat: now, exp: now + seconds, jti: crypto.randomUUID() }, signing);
}

let sent = 0;
/** Events flow until `isOver`: what a stream may show is asked again while they do. */
async function sendUntil(isOver: () => boolean): Promise<void> {
  await expect
    .poll(
      async () => {
        if (!isOver()) await gateway.send({ id: `evt_flow_${++sent}` });
        return isOver();
      },
      { ...PATIENT, interval: 100 },
    )
    .toBe(true);
}

const WAYS: ['WebSocket' | 'SSE', Subscribe][] = [
  ['WebSocket', overWebSocket],
  ['SSE', overSsePost],
];

const numberOf = (changed: unknown): number => Number(/\d+$/.exec(String(changed))?.[0]);

describe.each(WAYS)('a stream over %s', (way, subscribe) => {
  it('ends with its place when its token has expired, and goes on there with the user’s next one', async () => {
    await using stream = subscribe(gateway.url, { query: QUERY, key: await token({ seconds: 2 }) });
    await stream.opened;
    const first = sent + 1;
    let isOver = false;
    void stream.ended.then(() => (isOver = true));
    await sendUntil(() => isOver);
    const { errors, cursor, how } = await stream.ended;
    expect({ how, errors }).toMatchObject({ how: 'error', errors: [{ extensions: { code: 'SCOPE_REVOKED' } }] });
    expect(cursor).toBe(stream.position());

    const after = { variables: { after: cursor } };
    await using resumed = subscribe(gateway.url, { query: QUERY, key: await token(), ...after });
    const all = () =>
      [...stream.items, ...resumed.items].map(({ data }) => numberOf(data['invoiceEvents']?.['changedFields']));
    const expected = Array.from({ length: sent - first + 1 }, (_, index) => first + index);
    await expect.poll(all, PATIENT).toEqual(expected);
    await using stranger = subscribe(gateway.url, { query: QUERY, key: await token({ user: 'eve' }), ...after });
    expect(await stranger.ended).toMatchObject({ code: 'CURSOR_INVALID' });
  });

  it('ends with its place when its key was revoked', async () => {
    const client: ClientName = subscribe === overWebSocket ? 'leaving' : 'leaving-too';
    const ask = { query: QUERY, key: gateway.keys[client] };
    await using stream = subscribe(gateway.url, ask);
    await stream.opened;
    await gateway.revoke(client);
    let isOver = false;
    void stream.ended.then(() => (isOver = true));
    await sendUntil(() => isOver);
    const { how, code, cursor } = await stream.ended;
    expect({ how, code, cursor }).toEqual({ how: 'error', code: 'SCOPE_REVOKED', cursor: stream.position() });
    await using again = subscribe(gateway.url, { ...ask, variables: { after: cursor } });
    const refusal = { WebSocket: { how: 'closed', closeCode: 4403 }, SSE: { code: 'UNAUTHENTICATED', status: 401 } };
    expect(await again.ended).toMatchObject(refusal[way]);
  });

  it('gives a token with fewer scopes only what these open, behind a cursor of better days', async () => {
    await using stream = subscribe(gateway.url, { query: EVENTS, key: await token() });
    const after = await stream.opened;
    await gateway.emit('hubspot', 'contact.creation');
    await gateway.send({ id: `evt_flow_${++sent}` });
    await expect
      .poll(() => stream.items.map(({ data }) => data['events']?.['vendor']), PATIENT)
      .toEqual(['hubspot', 'stripe']);

    const ask = { query: EVENTS, variables: { after } };
    await using narrow = subscribe(gateway.url, { ...ask, key: await token({ scope: 'stripe:read events:read' }) });
    await expect.poll(() => narrow.items.map(({ data }) => data['events']?.['vendor']), PATIENT).toEqual(['stripe']);
    await using none = subscribe(gateway.url, { ...ask, key: await token({ scope: 'stripe:read' }) });
    expect(await none.ended).toMatchObject({ how: 'error', code: 'SCOPE_MISSING' });
  });
});
