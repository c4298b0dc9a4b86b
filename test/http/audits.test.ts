/** The published audits of GraphQL over HTTP, against the gateway as it ships: credentials, masking and limits on. */
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

const authorised: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('authorization', 'Bearer vg_demo_frontend');
  return fetch(input, { ...init, headers });
};

const audits = serverAudits({ url: () => `${running.gateway.url}/graphql`, fetchFn: authorised });

describe('GraphQL over HTTP', () => {
  it('is audited in 61 ways', () => expect(audits).toHaveLength(61));

  it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))('%s: %s', async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });
});
